"""Policies folders, inside the project or anywhere: every file read by itself, so that one mistake hides no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xueshi.command.speech import Stop, Two
from xueshi.policy import load
from xueshi.policy.book import Rulebook
from xueshi.policy.load import Library
from xueshi.policy.reading import Here
from xueshi.policy.strict_yaml import NotUnderstood
from xueshi.policy.words import Vocabulary

BESIDE = Path(__file__).resolve().parents[2] / "policies"
WORDS = "words.yaml"


@dataclass
class Shelf:
    """The files of a folder; ``broken`` says of a file that is not understood why not."""

    root: Path
    words: Vocabulary
    paths: Mapping[str, Path]
    books: dict[str, Rulebook] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    reading: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read every file, those above it first."""
        for key in self.paths:
            self._read(key)

    def _read(self, key: str) -> Rulebook | None:
        if key not in self.books and key not in self.broken:
            self.reading.append(key)
            try:
                text = self.paths[key].read_text(encoding="utf-8")
                self.books[key] = load.instrument(text, self.words, key=key, parent=self._parent)
            except (NotUnderstood, UnicodeDecodeError) as problem:
                self.broken[key] = str(problem)
            self.reading.pop()
        return self.books.get(key)

    def _parent(self, place: Here) -> Rulebook:
        key = place.text()
        if key not in self.paths:
            raise place.refuse(f"{key!r} is not held here.")
        if key in self.reading:
            raise place.refuse(f"{' → '.join((*self.reading, key))} would be above itself")
        book = self._read(key)
        if book is None:
            raise place.refuse(f"{key!r} above it is not understood")
        return book

    def library(self) -> Library:
        """All of them; ``Stop`` with the first sentence if one is not understood."""
        for key, why in self.broken.items():
            raise Stop(Two("读不懂 {file}：\n{why}", "{file} is not understood:\n{why}"), file=self.paths[key], why=why)
        return Library(self.books, self.words)


def open_shelf(folder: str | None) -> Shelf:
    """A policies folder: the one given, else ``policies`` here, else the one beside the program.

    It may lie outside the project; without a ``words.yaml`` of its own it is read with that of the project.
    """
    root = Path(folder) if folder else next((one for one in (Path("policies"), BESIDE) if one.is_dir()), BESIDE)
    if not root.is_dir():
        raise Stop(Two("没有找到文件夹 {folder}。", "There is no folder {folder}."), folder=root)
    files = sorted(path for path in (*root.glob("*.yaml"), *root.glob("*/*.yaml")) if _instrument(path))
    if not files:
        raise Stop(Two("{folder} 里没有文件（*.yaml）。", "There is no instrument (*.yaml) in {folder}."), folder=root)
    return Shelf(root, _vocabulary(root), {_key(path): path for path in files})


def _instrument(path: Path) -> bool:
    return path.name != WORDS and path.parent.name not in ("cases", "sources")


def _key(path: Path) -> str:
    return f"{path.resolve().parent.name}/{path.stem}"


def _vocabulary(root: Path) -> Vocabulary:
    own = root / WORDS
    path = own if own.is_file() else root.parent / WORDS
    path = path if path.is_file() else BESIDE / WORDS
    try:
        return load.vocabulary(path.read_text(encoding="utf-8"))
    except NotUnderstood as problem:
        raise Stop(Two("读不懂 {file}：\n{why}", "{file} is not understood:\n{why}"), file=path, why=problem) from None


def instrument(shelf: Shelf, key: str) -> Rulebook:
    """One instrument by its key, or by the name of its file where only one is so named."""
    found = [one for one in shelf.paths if key in (one, one.partition("/")[2])]
    if len(found) != 1:
        known = "、".join(shelf.paths)
        raise Stop(
            Two("没有文件“{key}”，有：{known}", "There is no instrument {key!r}, but: {known}"), key=key, known=known
        )
    if found[0] in shelf.broken:
        shelf.library()
    return shelf.books[found[0]]


def draft(shelf: Shelf, file: str) -> Rulebook:
    """A draft that lies anywhere, read with the words of a shelf and under the instruments there."""
    path = Path(file)
    if not path.is_file():
        raise Stop(Two("没有找到文件 {file}。", "There is no file {file}."), file=file)
    key = _key(path)
    paths = {**shelf.paths, key: path}
    found = Shelf(shelf.root, shelf.words, paths)
    if key in found.broken:
        raise Stop(Two("读不懂 {file}：\n{why}", "{file} is not understood:\n{why}"), file=path, why=found.broken[key])
    return found.books[key]
