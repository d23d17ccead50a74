"""A draft as a rulebook: read by the same loader as the law in force."""

from functools import lru_cache

from django.conf import settings

from xueshi.ledger import law
from xueshi.policy import load
from xueshi.policy.book import Rulebook
from xueshi.policy.comparing import Comparison, compare
from xueshi.policy.reading import Here

MOST = 300_000  # characters of a draft; the longest notice has a tenth


def read(text: str, replaces: str = "") -> Rulebook:
    """The draft, under a key beside what it replaces; raises `load.NotUnderstood` with file, line and key."""
    return _read(text, replaces, str(settings.POLICIES_DIR))


@lru_cache(maxsize=8)
def _read(text: str, replaces: str, root: str) -> Rulebook:
    library = law.library()

    def held(place: Here) -> Rulebook:
        """An instrument above the draft."""
        key = place.text()
        if key not in library.books:
            raise place.refuse(f"{key!r} is not held here")
        return library.instrument(key)

    folder = replaces.partition("/")[0] or "drafts"
    return load.instrument(text, library.words, key=f"{folder}/draft", parent=held)


def replaced(replaces: str) -> Rulebook | None:
    """What a draft replaces; None where no law is encoded. Raises KeyError for an instrument we do not hold."""
    return law.of(replaces) if replaces else None


def comparison(draft: Rulebook, replaces: str) -> Comparison | None:
    """Provision by provision; None where there was no law before."""
    before = replaced(replaces)
    return compare(before, draft) if before else None
