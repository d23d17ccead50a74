"""``xueshi policy check`` and ``test``: is a policies folder understood, and does it say what it should."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from xueshi.command.books import Shelf, open_shelf
from xueshi.command.speech import Stop, Two, Voice
from xueshi.policy.book import Rulebook
from xueshi.policy.cases import read_cases
from xueshi.policy.demands import Demand
from xueshi.policy.load import Library
from xueshi.policy.strict_yaml import NotUnderstood


def check(asked: Namespace, voice: Voice) -> int:
    """Load every file; what each holds, or the sentence of the loader. 1 if one is not understood."""
    shelf = open_shelf(asked.dir)
    heads = [Two("文件", "instrument"), Two("规定", "provisions"), Two("要求", "demands"), Two("年份", "years")]
    rows = [[voice.text(one) for one in heads]]
    rows += [_row(key, book) for key, book in shelf.books.items()]
    if len(rows) > 1:
        voice.table(rows, right=1)
    for key, sentence in shelf.broken.items():
        voice.say(Two("\n读不懂 {file}：\n  {sentence}", "\n{file} is not understood:\n  {sentence}"),
                  file=shelf.paths[key], sentence=sentence)  # fmt: skip
    total = Two("\n{n} 份文件，读懂 {good} 份。", "\n{n} instruments, {good} understood.")
    voice.say(total, n=len(shelf.paths), good=len(shelf.books))
    return 1 if shelf.broken else 0


def _row(key: str, book: Rulebook) -> list[str]:
    demands = {p.id for p in book.provisions if isinstance(p.value, Demand)}
    last = getattr(book, "known_to", None)
    return [key, str(len(book.provisions)), str(len(demands)), f"{book.known_from}–{last or ''}"]


def test(asked: Namespace, voice: Voice) -> int:
    """Run every case; what differs from what it says. 1 if one does."""
    shelf = open_shelf(asked.dir)
    passed, failed = 0, list(_broken(shelf))
    library, files = Library(shelf.books, shelf.words), _files(shelf)
    for key in (one for one in shelf.books if one not in files and not asked.k):
        voice.say(Two("{key}：没有案例", "{key}: no cases"), key=key)
    for key, path in files.items():
        if key not in shelf.broken:
            good, bad = _run(key, path, library, asked.k or "", voice)
            passed += good
            failed += bad
    for name, differences in failed:
        voice.say(Two("\n未通过 {name}", "\nfailed: {name}"), name=name)
        for line in differences:
            voice.say(f"  {line}")
    if not passed and not failed:
        said = Two("没有名字里含“{k}”的案例。", "There is no case with {k!r} in its name.")
        raise Stop(said, k=asked.k or "")
    voice.say(Two("\n通过 {good}，未通过 {bad}。", "\n{good} passed, {bad} failed."), good=passed, bad=len(failed))
    return 1 if failed else 0


def _broken(shelf: Shelf) -> Iterator[tuple[str, list[str]]]:
    for key, sentence in shelf.broken.items():
        yield key, [sentence]


def _files(shelf: Shelf) -> dict[str, Path]:
    """The files of cases, by the key of the instrument they stand beside; some are about no single one."""
    folders = dict.fromkeys(path.parent for path in shelf.paths.values())
    files = [file for folder in folders for file in sorted((folder / "cases").glob("*.yaml"))]
    return {f"{file.resolve().parent.parent.name}/{file.stem}": file for file in files}


def _run(key: str, path: Path, library: Library, wanted: str, voice: Voice) -> tuple[int, list[tuple[str, list[str]]]]:
    """How many cases of a file pass, and those that do not."""
    try:
        cases = [case for case in read_cases(path) if wanted.lower() in f"{key}: {case.name}".lower()]
    except NotUnderstood as problem:
        return 0, [(str(path), [str(problem)])]
    failed = []
    for case in cases:
        try:
            differences = case.differences(library.books.get(key), library)
        except ValueError as problem:  # a case that asks in words that do not exist
            differences = [str(problem)]
        if differences:
            failed.append((f"{key}: {case.name}", differences))
    if cases:
        said = Two("{key}：{n} 个案例，通过 {good}", "{key}: {n} cases, {good} passed")
        voice.say(said, key=key, n=len(cases), good=len(cases) - len(failed))
    return len(cases) - len(failed), failed
