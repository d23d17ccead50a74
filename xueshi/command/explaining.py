"""``xueshi policy explain``: an instrument or a provision in words, or one person's answer with every clause."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date

from xueshi.command import assessing, books, cells, labels, wording
from xueshi.command.judging import Laws, clause, judged
from xueshi.command.speech import Stop, Two, Voice
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Assessment, Finding
from xueshi.policy.strict_yaml import Node
from xueshi.policy.strict_yaml import read as read_yaml


def explain(asked: Namespace, voice: Voice) -> int:
    """An instrument (``KEY [PROVISION]``) or a person (``--people … --entries … --person``)."""
    if asked.people:
        return _person(asked, voice)
    if not asked.key:
        raise Stop(
            Two(
                "写明文件（KEY），或 --people、--entries 和 --person。",
                "Name an instrument, or --people, --entries and --person.",
            )
        )
    shelf = books.open_shelf(asked.policies)
    book = books.instrument(shelf, asked.key)
    written: dict[tuple[str, date | None], Node] = {}
    for key in (*book.parents, book.key):
        written |= _written(shelf.paths[key].read_text(encoding="utf-8"))
    chosen = [p for p in book.provisions if asked.provision in (None, p.id)]
    if not chosen:
        ids = "、".join(dict.fromkeys(p.id for p in book.provisions))
        said = Two("{key} 没有规定“{id}”，有：{ids}", "{key} has no provision {id!r}, but: {ids}")
        raise Stop(said, key=book.key, id=asked.provision, ids=ids)
    if not asked.provision:
        _head(book, voice)
    for provision in chosen:
        _provision(
            provision, written.get((provision.id, provision.since), written.get((provision.id, None))), book, voice
        )
    return 0


def _written(text: str) -> dict[tuple[str, date | None], Node]:
    """What stands in the file under each provision, by its id and first day."""
    found: dict[tuple[str, date | None], Node] = {}
    provisions = _fields(read_yaml(text, ""))["provisions"].value
    for node in provisions if isinstance(provisions, tuple) else ():
        fields = _fields(node)
        since = fields["since"].value if "since" in fields else None
        found[str(fields["id"].value), since if isinstance(since, date) else None] = node
    return found


def _fields(node: Node) -> dict[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


def _head(book: Rulebook, voice: Voice) -> None:
    voice.say(book.title)
    voice.say("  ".join(filter(None, (book.issuer, book.number, f"{book.region.name} {book.region.code}"))))
    last = getattr(book, "known_to", None)
    voice.say(
        Two(
            "编入 {first}–{last} 年；自 {since} 起施行；SHA-256 {digest}",
            "years {first}–{last}; since {since}; SHA-256 {digest}",
        ),
        first=book.known_from,
        last=last or "",
        since=book.since,
        digest=book.digest[:16],
    )
    for above in book.under:
        voice.say(Two("依据：{above}", "under: {above}"), above=above)
    voice.say()


def _provision(one: Provision, node: Node | None, book: Rulebook, voice: Voice) -> None:
    until = "" if one.until == date.max else str(one.until)
    voice.say(f"{one.article}  [{one.id}]  {one.since} – {until}".rstrip(" –"))
    voice.say(f"  “{one.text}”")
    voice.say(Two("  系统读作：{verb}", "  read as: {verb}"), verb=labels.verb(one.verb))
    said = node.value.get(one.verb) if node is not None and isinstance(node.value, dict) else None
    if said is not None:
        for line in _lines(said, book, voice):
            voice.say(f"    {line}")
    if one.reading:
        voice.say(Two("  解读：{reading}", "  reading: {reading}"), reading=one.reading)
    voice.say()


def _lines(node: Node, book: Rulebook, voice: Voice) -> Iterator[str]:
    """What the file says, key by key, in terms."""
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            if isinstance(inner.value, dict) or _rows(inner):
                yield f"{_key(key, book, voice)}："
                yield from (f"  {line}" for line in _lines(inner, book, voice))
            else:
                yield f"{_key(key, book, voice)}：{_value(inner, book, voice)}"
    elif _rows(node) and isinstance(node.value, tuple):
        for inner in node.value:
            first, *rest = list(_lines(inner, book, voice)) or [""]
            yield f"· {first}"
            yield from (f"  {line}" for line in rest)
    else:
        yield _value(node, book, voice)


def _rows(node: Node) -> bool:
    return isinstance(node.value, tuple) and any(isinstance(one.value, dict) for one in node.value)


def _key(key: str, book: Rulebook, voice: Voice) -> str:
    if key in book.words.facts or key in book.words.entries:
        return wording.term(voice, book, key)
    known = labels.KEYS.get(key)
    if known is not None:
        return voice.text(known)
    return _word(key, book, voice)


def _value(node: Node, book: Rulebook, voice: Voice) -> str:
    if isinstance(node.value, tuple):
        return wording.listed(voice, (_value(one, book, voice) for one in node.value))
    if isinstance(node.value, bool):
        return voice.text(Two("是", "yes") if node.value else Two("否", "no"))
    return _word(str(node.value), book, voice)


def _word(text: str, book: Rulebook, voice: Voice) -> str:
    """A word by its term: of a fact, a mark, a list, a value, or the article of a provision that is named."""
    if text in labels.VALUES:
        return voice.text(labels.VALUES[text])
    if text in book.words.facts or text in book.words.entries:
        return wording.term(voice, book, text)
    for names in book.words.lists.values():
        if voice.lang == "zh" and text in names:
            return names[text]
    article = next((p.article for p in book.provisions if p.id == text), "")
    return (
        f"{text}（{article}）"
        if article
        else wording.value(voice, book, text)
        if "_" in text or text.isalpha()
        else text
    )


# ---- one person -------------------------------------------------------------------------------


def _person(asked: Namespace, voice: Voice) -> int:
    for option in ("entries", "person", "purpose"):
        if not getattr(asked, option):
            raise Stop(Two("还缺 --{option}。", "--{option} is missing."), option=option)
    if asked.year is None and asked.as_of is None:
        raise Stop(Two("写明 --year 或 --as-of。", "Say --year or --as-of."))
    library, always = assessing.laws(asked)
    question = assessing.asking(asked, library)
    population = assessing.read(asked, voice, [always] if always else [*library.books.values()])
    wanted = cells.person(cells.tidy(asked.person))
    own = [one for one in population.problems if one.person == wanted]
    if assessing.stopped(own, asked, voice):
        return 2
    person = next((one for one in population.members() if one.id == wanted), None)
    if person is None:
        raise Stop(Two("人员表里没有 {person}。", "{person} is not among the people."), person=asked.person)
    book = Laws(library, always).of(person, question.on).book
    if book is None:
        raise Stop(wording.NO_LAW)
    try:
        question_, found = judged(population, person, book, question)
    except ValueError as problem:
        raise Stop(Two("无法判断：{why}", "cannot be judged: {why}"), why=problem) from None
    tell(book, question_, found, voice)
    return 0


def tell(book: Rulebook, asked: Asked, found: Assessment, voice: Voice) -> None:
    """An assessment with every clause that it rests on."""
    purpose = book.words.lists["purposes"].get(asked.purpose, asked.purpose) if voice.lang == "zh" else asked.purpose
    voice.say(f"{book.title}  {book.number}".rstrip())
    voice.say(f"{purpose}  {asked.year}  {voice.text(wording.VERDICTS[found.verdict])}")
    if reason := wording.reason(voice, book, found):
        voice.say(reason)
    for one in found.findings:
        _finding(book, one, voice)
    _counted_nowhere(book, found, voice)
    for follows in found.effects:
        lifted = Two("（有正当理由，不适用）", " (excused)") if follows.lifted else Two("", "")
        said = Two("\n后果：{on} {what}{lifted}", "\nconsequence: {on}: {what}{lifted}")
        voice.say(said, on="、".join(follows.on), what=wording.effect(follows.effect), lifted=lifted)
        _quote(book, follows.provision, voice)
    if found.least:
        voice.say(Two("\n至少还要 {hours} 学时。", "\nAt least {hours} hours are needed."), hours=found.least)


def _finding(book: Rulebook, one: Finding, voice: Voice) -> None:
    outcome = voice.text(wording.OUTCOMES[one.outcome])
    voice.say(f"\n{wording.years_of(one.years)}  {one.article}  {outcome}  {wording.why(voice, book, one)}".rstrip())
    voice.say(f"  “{clause(book, one)}”")
    if one.need is not None:
        unit = wording.UNITS.get(one.unit, wording.UNITS["hours"])
        voice.say(
            Two("  已有 {have}，需要 {need} {unit}", "  {have} of {need} {unit}"),
            have=one.have,
            need=one.need,
            unit=unit,
        )
    for said, entries in (
        (Two("  计入", "  counted"), one.counted),
        (Two("  超出上限", "  above a ceiling"), one.left),
    ):
        if entries:
            shown = wording.listed(voice, (f"{each.entry} ({each.hours})" for each in entries))
            voice.say(f"{voice.text(said)} {shown}")
    for id in dict.fromkeys((*one.relief, one.because)):
        if id and id != one.provision:
            _quote(book, id, voice)


def _counted_nowhere(book: Rulebook, found: Assessment, voice: Voice) -> None:
    for gone in found.refused:
        lacks = wording.listed(voice, (wording.term(voice, book, name) for name in gone.lacks))
        voice.say(
            Two("\n记录 {entry} 不计：{article} {lacks}", "\nentry {entry} does not count: {article} {lacks}"),
            entry=gone.entry,
            article=gone.article,
            lacks=lacks,
        )
        _quote(book, gone.provision, voice)


def _quote(book: Rulebook, id: str, voice: Voice) -> None:
    if any(p.id == id for p in book.provisions):
        one = book.provision(id)
        voice.say(f"  {one.article} “{one.text}”")
