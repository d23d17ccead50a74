"""Finding people by part of a name, by the letters of its reading, by the end of an identity number, by their unit.

What is found stands in tiers: first who begins with what was typed, then who has it elsewhere, then whose unit has it.
Each tier is a range of an index in the order of the list, or is looked for in the list's first rows and, where it is
rare there, by the index of terms (see migration 0006): the commonest surname and the rarest cost about the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, F, Func, Q, QuerySet, TextField, Value
from django.db.models.fields import BooleanField
from django.db.models.sql.compiler import SQLCompiler

from xueshi.kernel import redaction, vault
from xueshi.people import pinyin
from xueshi.people.models import Employment, Organisation, Person

MOST_LETTERS, MOST_PIECES, MOST_PARSES = 60, 6, 10
WALKED = 3_000  # rows of a list that are looked through before the index of terms is asked
MOST_UNITS = 300
AFTER_ALL = "~"  # sorts after letters, spaces and |
_TAIL = re.compile(r"[0-9]{3}[0-9Xx]")
_NUMBER = re.compile(r"[0-9]{14}([0-9]{3})?[0-9Xx]")
_LETTERS = re.compile(r"[a-z][a-z ']*")
_BOTH = re.compile(r"([^a-z]*[^a-z ] ?)([a-z]+)")
_STARTS = frozenset("abcdefghjklmnopqrstwxyz")
_DOUBLE = ("zh", "ch", "sh")
Key = tuple[str, int]  # where a person stands in the order of lists: reading and key


@dataclass(frozen=True)
class Tier:
    """People found in one way. `low` and `high` bound their readings; `where` says it wholly, `sql` of rows walked."""

    low: str = ""
    high: str = ""
    where: Q | None = None
    sql: str = ""  # the same as `where`, of columns id, name and pinyin of `w`
    given: tuple[Any, ...] = ()

    def of(self, persons: QuerySet[Person]) -> QuerySet[Person]:
        """Those of the bounds alone."""
        return persons.filter(pinyin__gte=self.low, pinyin__lt=self.high) if self.high else persons


def cleaned(text: str) -> str:
    """What is looked for: a whole identity number by its tail, in any case; no zero byte, which no name has.

    A session remembers it: a phone or a key, which finds nobody, is masked.
    """
    said = " ".join(text.replace("\0", " ").split())
    number = said.replace(" ", "")
    return number[-4:].upper() if _NUMBER.fullmatch(number) else redaction.mask(said)[:MOST_LETTERS]


def tiers(text: str) -> list[Tier]:
    """The ways in which a text finds people, the nearest first; none for an empty one."""
    said = cleaned(text)
    if not said:
        return []
    if _TAIL.fullmatch(said):
        index = vault.index("id-tail", said.upper())
        found = [Tier(where=Q(id_tail_index=index))]
    elif _LETTERS.fullmatch(said.lower()):
        found = _by_letters(said.lower())
    else:
        found = _by_name(said)
    return [*found, *_by_unit(said, found)]


def found(persons: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those of the persons whom a text finds, in any order; all for an empty text.

    Many are as slow as they are many: for a page of a long list there is `first`.
    """
    if not text.strip():
        return persons
    wanted = Q()
    for tier in tiers(text):
        bounds = Q(pinyin__gte=tier.low, pinyin__lt=tier.high) if tier.high else Q()
        wanted |= bounds & (tier.where or Q())
    return persons.filter(wanted) if wanted else persons.none()


def first(persons: QuerySet[Person], text: str, most: int) -> list[int]:
    """The ids of the first that a text finds, nearest first, then by reading."""
    ids: list[int] = []
    for tier in tiers(text):
        ids += ids_in(persons, tier, most - len(ids))
        if len(ids) >= most:
            break
    return ids


def ids_in(
    persons: QuerySet[Person], tier: Tier, most: int, beyond: Key | None = None, *, backwards: bool = False
) -> list[int]:
    """The first ids of a tier by reading, beyond a key; the last ones before it, the nearest first, if backwards."""
    persons = tier.of(persons).order_by("-pinyin", "-pk") if backwards else tier.of(persons).order_by("pinyin", "pk")
    if beyond:
        persons = persons.filter(Beyond(*beyond, backwards=backwards))
    if tier.sql:
        ids, all_walked = _walked(persons, tier, most)
        if len(ids) >= most or all_walked:
            return ids
    if tier.where:
        persons = persons.filter(tier.where)
    return list(persons.values_list("pk", flat=True)[:most])


def _walked(persons: QuerySet[Person], tier: Tier, most: int) -> tuple[list[int], bool]:
    """Those among the first rows of the list; and whether these were all its rows."""
    try:
        walked, given = persons.values_list("pk", "name", "pinyin")[:WALKED].query.sql_with_params()
    except EmptyResultSet:  # nobody is in reach, or a filter leaves nobody: there is nothing to ask
        return [], True
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH walked (id, name, pinyin) AS MATERIALIZED ({walked})"  # noqa: S608 - our own words, values apart
            f" SELECT id, NULL FROM (SELECT id FROM walked w WHERE {tier.sql} LIMIT %s) AS here"
            " UNION ALL SELECT NULL, count(*) FROM walked",
            [*given, *tier.given, most],
        )
        rows = cursor.fetchall()
    return [key for key, _ in rows[:-1]], rows[-1][1] < WALKED


# ---- by name -------------------------------------------------------------------------------------------------------


def _by_name(text: str) -> list[Tier]:
    """Names that begin so stand together in the order of readings, but for surnames that a text cuts in two."""
    lowered = text.lower()
    readings = {pinyin.of(text).partition("|")[0]}
    readings |= {read.split()[0] for name, read in pinyin.COMPOUND.items() if len(text) == 1 and name[0] == text}
    terms = Terms(" & ".join(_quoted(letter) for letter in dict.fromkeys(lowered)))
    begin = Q(terms) & Q(name__istartswith=text)
    found, apart, sql, given = [], Q(), "", []
    for low in sorted(readings):
        high = low + AFTER_ALL
        found.append(Tier(low, high, begin, "starts_with(lower(w.name), %s)", (lowered,)))
        apart |= Q(name__istartswith=text, pinyin__gte=low, pinyin__lt=high)
        sql += " AND NOT (starts_with(lower(w.name), %s) AND w.pinyin >= %s AND w.pinyin < %s)"
        given += [lowered, low, high]
    mixed = _BOTH.fullmatch(lowered)
    if mixed:  # 张w: who is written so and goes on so
        begun, low = mixed[1].strip(), f"{pinyin.of(mixed[1]).partition('|')[0]} {mixed[2]}"
        where = Q(Terms(" & ".join(map(_quoted, dict.fromkeys(begun))))) & Q(name__istartswith=begun)
        unlike = "starts_with(lower(w.name), %s) AND strpos(lower(w.name), %s) = 0"
        found.append(Tier(low, low + AFTER_ALL, where & ~Q(name__icontains=text), unlike, (begun, lowered)))
    elsewhere = Q(terms) & Q(name__icontains=text) & ~apart
    return [*found, Tier("", "", elsewhere, "strpos(lower(w.name), %s) > 0" + sql, (lowered, *given))]


# ---- by letters ----------------------------------------------------------------------------------------------------


def _by_letters(text: str) -> list[Tier]:
    """Whole syllables are a range; initials and mixtures are asked of the column."""
    parses = _parses(text)
    plain = [" ".join(parse) for parse in parses if all(piece in _syllables() for piece in parse[:-1])]
    found = [Tier(low, low + AFTER_ALL) for low in plain]
    terms = Terms(" | ".join(dict.fromkeys(_terms(parse) for parse in parses)))
    pattern = "|".join(dict.fromkeys(_pattern(parse) for parse in parses))
    begins, has = f"^({pattern})", f"[ |]({pattern})"
    apart, sql, given = Q(), "", []
    for low in plain:
        apart |= Q(pinyin__gte=low, pinyin__lt=low + AFTER_ALL)
        sql += " AND NOT (w.pinyin >= %s AND w.pinyin < %s)"
        given += [low, low + AFTER_ALL]
    if any(len(parse) > 1 for parse in parses):
        where = Q(terms) & Q(pinyin__regex=begins) & ~apart
        found.append(Tier(text[0], text[0] + AFTER_ALL, where, "w.pinyin ~ %s" + sql, (begins, *given)))
    where = Q(terms) & Q(pinyin__regex=has) & ~Q(pinyin__regex=begins)
    found.append(Tier("", "", where, "w.pinyin ~ %s AND w.pinyin !~ %s", (has, begins)))
    return found


def _parses(text: str) -> list[tuple[str, ...]]:
    """The ways to read letters as syllables or their initials, the last one perhaps unfinished; whole ones first."""
    written = text.replace("'", " ").split()
    if len(written) > 1:  # somebody said where syllables end
        return [tuple(written[:MOST_PIECES])]
    found: set[tuple[str, ...]] = {(written[0],)}
    _parse(written[0], (), found)
    return sorted(found, key=lambda parse: (len(parse), [-len(piece) for piece in parse]))[:MOST_PARSES]


def _parse(rest: str, before: tuple[str, ...], found: set[tuple[str, ...]]) -> None:
    if len(before) >= MOST_PIECES or len(found) > 4 * MOST_PARSES:
        return
    if rest in _beginnings():
        found.add((*before, rest))
    for end in range(min(6, len(rest) - 1), 0, -1):
        piece = rest[:end]
        if piece in _syllables() or piece in _DOUBLE or (end == 1 and piece in _STARTS):
            _parse(rest[end:], (*before, piece), found)


def _pattern(parse: tuple[str, ...]) -> str:
    whole = "".join(f"{piece} " if _is_whole(piece) else f"{re.escape(piece)}[^ |]* " for piece in parse[:-1])
    return whole + re.escape(parse[-1])


def _terms(parse: tuple[str, ...]) -> str:
    if len(parse) == 1:
        return _quoted(parse[0]) + ":*"
    initials = _quoted("".join(piece[0] for piece in parse[:4]).upper()) + ":*"
    whole = [_quoted(piece) for piece in parse[:-1] if _is_whole(piece)]
    return "(" + " & ".join([initials, *whole]) + ")"


def _is_whole(piece: str) -> bool:
    return len(piece) > 1 and piece not in _DOUBLE


@cache
def _syllables() -> frozenset[str]:
    return frozenset(pinyin.syllables())


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(one[:end] for one in pinyin.syllables() for end in range(1, len(one) + 1))


# ---- by unit -------------------------------------------------------------------------------------------------------


def units(organisations: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Organisations by part of their name, through the same kind of index; all for an empty text."""
    said = " ".join(text.replace("\0", " ").split()).lower()
    if not said:
        return organisations
    terms = Terms(" & ".join(_quoted(letter) for letter in dict.fromkeys(said)), reading=Value(""))
    return organisations.filter(terms, name__icontains=said)


def _by_unit(text: str, before: Iterable[Tier]) -> list[Tier]:
    """Who works for a unit whose name has the text, of two characters at least; whoever is found by name is not again.

    A text that very many units have is no unit's name.
    """
    if len(text) < 2:
        return []
    employers = list(units(Organisation.objects.all(), text).values_list("pk", flat=True)[: MOST_UNITS + 1])
    if not employers:
        return []
    named, sql, given = Q(), "", list[Any]()
    for tier in before:
        bounds = Q(pinyin__gte=tier.low, pinyin__lt=tier.high) if tier.high else Q()
        named |= bounds & (tier.where or Q())
        if tier.high:
            sql += f" AND NOT (w.pinyin >= %s AND w.pinyin < %s{' AND ' + tier.sql if tier.sql else ''})"
            given += [tier.low, tier.high, *tier.given]
        elif tier.sql:
            sql += f" AND NOT ({tier.sql})"
            given += tier.given
    employed = Q(pk__in=Employment.objects.filter(until=None, employer_id__in=employers).values("person_id"))
    works = (
        "EXISTS (SELECT 1 FROM people_employment e WHERE e.person_id = w.id AND e.until IS NULL"
        " AND e.employer_id = ANY(%s))"
    )
    few = len(employers) <= 20
    return [Tier("", "", employed & ~named, "" if few else works + sql, () if few else (employers, *given))]


# ---- expressions ---------------------------------------------------------------------------------------------------


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


class Terms(Func):
    """Whether the terms of a name meet a query: the expression of the index, word for word."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, query: str, reading: Expression | None = None) -> None:
        super().__init__(F("name"), reading or F("pinyin"), Value(query, output_field=TextField()))

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        (name, a), (reading, b), (query, c) = map(compiler.compile, self.get_source_expressions())
        return f"(people_terms({name}, {reading}) @@ {query}::tsquery)", (*a, *b, *c)


class Beyond(Func):
    """Whether a person stands after a key in the order of lists, or before it: a row comparison, as the index is."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, reading: str, key: int, *, backwards: bool = False) -> None:
        self.sign = "<" if backwards else ">"
        super().__init__(F("pinyin"), F("pk"), Value(reading), Value(key))

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        (read, a), (key, b), (low, c), (least, d) = map(compiler.compile, self.get_source_expressions())
        return f"(({read}, {key}) {self.sign} ({low}, {least}))", (*a, *b, *c, *d)
