"""`python -m bench.queries`, inside a running house: how many queries the learner's home takes, as a number."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


def count() -> int:
    """The most that any learner of the demo costs, whatever state she is in."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from demo import cast
    from xueshi.people.models import Account

    most = 0
    for member in cast.LEARNERS:
        client = Client()
        account = Account.objects.get(person__name=member.name)
        client.force_login(account, backend="xueshi.people.backend.AccountBackend")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = client.get("/learn/")
        if answer.status_code != 200:
            raise RuntimeError(f"{member.key}: {answer.status_code}")
        most = max(most, len(seen))
    return most


if __name__ == "__main__":
    print(count())
