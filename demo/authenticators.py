"""The second factors of the demo's staff: keys that everybody knows, shown by the sandbox as a phone would."""

import json
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from demo import cast
from xueshi.kernel import clock
from xueshi.people import second_factor, second_factor_actions, second_factor_queries
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer


def bound() -> None:
    """Bind each member of staff who has none, and write the file that the sandbox's authenticator reads."""
    staff = [member for member in cast.EVERYONE if member.authenticator_key]
    for member in staff:
        person = Person.objects.filter(name=member.name).first()
        if person is None or second_factor_queries.has_second_factor(person.pk):
            continue
        at = clock.now()
        # By the code before the present one, so that the present one can be used at once.
        code = second_factor.code_of(member.authenticator_key, at - timedelta(seconds=second_factor.PERIOD))
        second_factor_actions.set_up_totp(
            viewer=Viewer(person.pk, person.name), secret=member.authenticator_key, code=code, keep="", at=at
        )
    file = Path(settings.VAR) / "sandbox" / "authenticator.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        {"name": m.name, "role": m.role, "number": m.id_number, "secret": m.authenticator_key} for m in staff
    ]  # fmt: skip
    file.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf8")
