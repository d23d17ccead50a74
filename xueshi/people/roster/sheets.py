"""A workbook's first sheet as rows, unpacked as a stream and read with two patterns; the child's second half.

A cell keeps its kind and its number as the file has it: how Excel damaged an identity number can be told from nothing
else. What a pattern does not cover is read by expat, row by row. Document types, comments and other declarations
are in no workbook that a person saved, and are refused.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from xml.parsers import expat

from xueshi.people.roster import limits

Row = tuple[int, str, list[str]]
# What damaged archives and XML make of the readers.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, LookupError, ValueError, TypeError, RuntimeError,
    NotImplementedError, EOFError, OSError,
)  # fmt: skip
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]+"(?: s="[0-9]+")?(?: t="([a-zA-Z]+)")?'
    r"(?:/>|>(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"  # a formula beside what it came to
    r'(?:<is><t(?: xml:space="preserve")?>([^<]*)</t></is>|<v>([^<]*)</v>|<v ?/>)?</c>)'
)
_NUMBER = re.compile(r'<row\b[^>]*?\br="([0-9]{1,9})"')
_PREFIX = re.compile(rb"<(?:([A-Za-z][A-Za-z0-9_.-]*):)?(?:sheetData|sst|worksheet)\b")
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
_SOUND = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KINDS = {"s": "t", "inlineStr": "t", "str": "t", "n": "n", "": "n", "d": "d", "b": "b", "e": "e"}
_ENTITIES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_ENTITY = re.compile(r"&(?:(lt|gt|quot|apos|amp)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")


class Unreadable(Exception):
    """The file as a whole cannot be used; a stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def workbook(data: bytes) -> tuple[dict[str, object], Iterator[Row]]:
    """What is told of the book, and the rows of its first sheet that is not hidden; raises Unreadable."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > limits.MOST_PARTS or sum(part.file_size for part in parts) > limits.MOST_DECLARED:
        raise Unreadable("swells")
    if len(names) != len(parts):
        raise Unreadable("damaged")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("old-or-locked")
    if "xl/workbook.xml" not in names:
        raise Unreadable("not-a-table")
    counted = Counted(archive)
    old, target, shared = _first_sheet(counted)
    if target not in names:
        raise Unreadable("damaged")
    texts = _shared(counted, shared) if shared in names else []
    return {"kind": "xlsx", "date1904": old}, _rows(counted, target, texts)


class Counted:
    """Parts of an archive, unpacked with a count that the archive's own word does not change."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.left = archive, limits.MOST_UNPACKED

    def blocks(self, name: str) -> Iterator[bytes]:
        if self.archive.getinfo(name).compress_type not in _PLAIN:
            raise Unreadable("damaged")
        with self.archive.open(name) as stream:
            while block := stream.read(limits.MB):
                self.left -= len(block)
                if self.left < 0:
                    raise Unreadable("swells")
                yield block

    def small(self, name: str) -> bytes:
        whole = b""
        for block in self.blocks(name):
            whole += block
            if len(whole) > limits.MOST_PART:
                raise Unreadable("swells")
        return _checked(whole, first=True)

    def pieces(self, name: str, end: str) -> Iterator[tuple[str, list[str]]]:
        """The text up to each `end` tag: the prefix of the part's names, and whole pieces without that tag."""
        tail, prefix, tag, first = b"", "", b"", True
        for block in self.blocks(name):
            held = tail + _checked(block, first=first)
            if not tag:
                found = _PREFIX.search(held)
                prefix = f"{found[1].decode()}:" if found and found[1] else ""
                tag = f"</{prefix}{end}>".encode()
            first = False
            whole, mark, tail = held.rpartition(tag)
            if mark:
                pieces = _sound(whole).split(tag.decode())
                if max(map(len, pieces)) > limits.MOST_ROW:
                    raise Unreadable("row-too-long")
                yield prefix, pieces
            elif len(held) > limits.MOST_ROW:
                raise Unreadable("row-too-long")
            else:
                tail = held
        if len(tail) < limits.MOST_ROW:
            _sound(tail)


def _checked(block: bytes, *, first: bool) -> bytes:
    """UTF-8 without declarations; the pattern may miss one that two blocks share, and `_sound` does not."""
    if first:
        block = block.removeprefix(b"\xef\xbb\xbf")
        if block[:1] != b"<" or b"\0" in block[:64]:
            raise Unreadable("odd-xml")
        said = re.match(rb"<\?xml[^>]*?encoding=[\"']([A-Za-z0-9_-]+)[\"']", block)
        if said and said[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
            raise Unreadable("odd-xml")
    if b"<!" in block:
        raise Unreadable("odd-xml")
    return block


def _sound(whole: bytes) -> str:
    if b"<!" in whole:
        raise Unreadable("odd-xml")
    return whole.decode()


def _first_sheet(counted: Counted) -> tuple[bool, str, str]:
    """Whether days count from 1904, the part of the first sheet in sight, and the part of the shared strings."""
    sheets: list[dict[str, str]] = []
    book: dict[str, str] = {}
    for name, attributes in _elements(counted.small("xl/workbook.xml")):
        if name == "sheet":
            sheets.append(attributes)
        elif name == "workbookPr":
            book = attributes
    targets, shared = {}, "xl/sharedStrings.xml"
    for name, attributes in _elements(counted.small("xl/_rels/workbook.xml.rels")):
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            where = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = where.lstrip("/") if where.startswith("/") else f"xl/{where}"
            if attributes.get("Type", "").endswith("/sharedStrings"):
                shared = targets[attributes.get("Id", "")]
    seen = [sheet for sheet in sheets if sheet.get("state", "visible") == "visible"] or sheets
    keys = [next((v for k, v in sheet.items() if k.rpartition(":")[2] == "id"), "") for sheet in seen[:1]]
    if not keys or keys[0] not in targets:
        raise Unreadable("damaged")
    return book.get("date1904") in {"1", "true"}, targets[keys[0]], shared


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    parser.Parse(xml, True)
    return found


def _shared(counted: Counted, part: str) -> list[str]:
    texts: list[str] = []
    size = 0
    for prefix, pieces in counted.pieces(part, "si"):
        for piece in pieces[:-1] if not pieces[-1].strip() else pieces:
            if prefix:
                piece = piece.replace(f"<{prefix}", "<").replace(f"</{prefix}", "</")
            if "<rPh" in piece:  # how it is read aloud
                piece = _SOUND.sub("", piece)
            found = _TEXT.findall(piece)
            text = found[0] if len(found) == 1 else "".join(found)
            size += len(text)
            texts.append(text[: limits.MOST_CELL * 8] if "&" in text else text[: limits.MOST_CELL])
            if size > limits.MOST_SHARED or len(texts) > limits.MOST_TEXTS:
                raise Unreadable("too-much")
    return [_plain(text) if "&" in text or "_x" in text else text for text in texts]


def _plain(text: str) -> str:
    """Text without its escapes; what is no character is left out."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: _character(int(m[1], 16)), text)
    return text[: limits.MOST_CELL]


def _entity(found: "re.Match[str]") -> str:
    if found[1]:
        return _ENTITIES[found[1]]
    return _character(int(found[2]) if found[2] else int(found[3], 16))


def _character(code: int) -> str:
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000 or code in {9, 10, 13} else ""


def _rows(counted: Counted, part: str, texts: list[str]) -> Iterator[Row]:
    number = 0
    for prefix, pieces in counted.pieces(part, "row"):
        for piece in pieces:
            if "<" not in piece:
                continue
            before = piece.count(f"<{prefix}row")
            said = _NUMBER.findall(piece.replace(f"<{prefix}row", "<row") if prefix else piece)
            number = int(said[-1]) if said else number + before
            cells = [] if prefix else _CELL.findall(piece)
            if prefix or len(cells) != piece.count("<c ") + piece.count("<c>"):
                cells = _slowly(piece, f"{prefix}row")
            yield _row(number, cells, texts, escaped="&" in piece or "_x" in piece)


def _row(number: int, cells: list[tuple[str, str, str, str]], texts: list[str], *, escaped: bool) -> Row:
    if not cells:
        return number, "", []
    letters, kinds, inlines, values = zip(*cells, strict=True)
    found = [texts[int(v)] if k == "s" and v else i or v for k, i, v in zip(kinds, inlines, values, strict=True)]
    if escaped:
        found = [t if k == "s" else _plain(t) for k, t in zip(kinds, found, strict=True)]
    if max(map(len, found)) > limits.MOST_CELL:
        found = [text[: limits.MOST_CELL] for text in found]
    if letters == _LETTERS[: len(letters)] and all(found):
        return number, _told(kinds), found
    return _spread(number, letters, kinds, found)


@lru_cache(maxsize=1000)
def _told(kinds: tuple[str, ...]) -> str:
    return "".join(_KINDS.get(kind, "e") for kind in kinds)


def _spread(number: int, letters: tuple[str, ...], kinds: tuple[str, ...], texts: list[str]) -> Row:
    """Cells at their places, with nothing where the sheet has nothing."""
    said: list[str] = []
    found: list[str] = []
    for letter, kind, text in zip(letters, kinds, texts, strict=True):
        if not text:
            continue
        place = _PLACES.get(letter, limits.MOST_COLUMNS)
        if place >= limits.MOST_COLUMNS:
            if text.isspace():
                continue
            raise Unreadable("too-many-columns")
        if len(found) > place:
            raise Unreadable("damaged")  # a cell that stands twice, or out of its order
        said += [" "] * (place - len(found)) + [_KINDS.get(kind, "e")]
        found += [""] * (place - len(found)) + [text]
    return number, "".join(said), found


def _letters(place: int) -> str:
    return chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)


_LETTERS = tuple(_letters(place) for place in range(limits.MOST_COLUMNS))
_PLACES = {letters: place for place, letters in enumerate(_LETTERS)}


def _slowly(piece: str, row: str) -> list[tuple[str, str, str, str]]:
    """The cells of one row by expat: any order of attributes, prefixes, runs of text, formulas."""
    start = piece.rfind(f"<{row}")
    if start < 0:
        return []
    reader = _Cells()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(f"{piece[start:]}</{row}>", True)
    return reader.cells


class _Cells:
    """Collects (column, kind, inline text, value); a cell that names no place stands beside the last."""

    def __init__(self) -> None:
        self.cells: list[tuple[str, str, str, str]] = []
        self.place, self.column, self.kind = -1, "", ""
        self.inside: list[str] = []
        self.inline = self.value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.inside.append(name.rpartition(":")[2])
        if self.inside[-1] != "c":
            return
        self.column = attributes.get("r", "").rstrip("0123456789")
        self.place = _PLACES.get(self.column, limits.MOST_COLUMNS) if self.column else self.place + 1
        if not self.column:
            self.column = _letters(self.place) if self.place < limits.MOST_COLUMNS else "ZZZ"
        self.kind, self.inline, self.value = attributes.get("t", ""), "", ""

    def text(self, text: str) -> None:
        text = text.replace("&", "&amp;")  # the same shape as the pattern gives
        if self.inside[-1] == "v":
            self.value += text
        elif self.inside[-1] == "t" and "rPh" not in self.inside:
            self.inline += text

    def end(self, name: str) -> None:
        if self.inside.pop() == "c":
            self.cells.append((self.column, self.kind, self.inline, self.value))
