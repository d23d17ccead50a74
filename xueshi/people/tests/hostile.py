"""A thousand spreadsheets that want to do harm or are broken, made from a seed: the same every time.

Every kind is a function of a random source; `files` deals them out in turn. Nobody's work is among them: what they are
meant to do is what public reports of such files describe.
"""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache

from xueshi.people.tests import rosters

Make = Callable[[random.Random], bytes]
KINDS: dict[str, Make] = {}
BOMBS = {"swells", "swells-untold", "shared-twice-over", "laughs", "many-shared", "parts", "dear-row", "columns"}
_SHEET, _STRINGS, _BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def kind(make: Make) -> Make:
    KINDS[make.__name__.strip("_").replace("_", "-")] = make
    return make


def files(many: int, seed: int = 20_101) -> Iterator[tuple[str, int, bytes]]:
    """(kind, number, bytes), each kind in turn."""
    names = sorted(KINDS)
    for n in range(many):
        name = names[n % len(names)]
        yield name, n, KINDS[name](random.Random(seed * 1_000_003 + n))


@lru_cache(maxsize=1)
def _good() -> bytes:
    return rosters.workbook([rosters.row(n) for n in range(30)])


def _with(parts: dict[str, bytes], **options: int) -> bytes:
    """The good workbook with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_good())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in {*source.namelist(), *parts}:
            made.writestr(name, parts.get(name, b"") or source.read(name), **options)  # type: ignore[arg-type]
    return out.getvalue()


def _sheet(rows: str, head: str = "") -> bytes:
    return _with({_SHEET: f"{head}<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()})


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


# ---- broken ----------------------------------------------------------------------------------------------------------


@kind
def noise(draw: random.Random) -> bytes:
    return draw.randbytes(draw.randrange(1, 60_000))


@kind
def noise_in_a_zip(draw: random.Random) -> bytes:
    return b"PK\x03\x04" + draw.randbytes(draw.randrange(1, 60_000))


@kind
def cut_off(draw: random.Random) -> bytes:
    return _good()[: draw.randrange(1, len(_good()))]


@kind
def bits_turned(draw: random.Random) -> bytes:
    data = bytearray(_good())
    for _ in range(draw.randrange(1, 40)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data)


@kind
def bits_turned_inside(draw: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(_good())) as source:
        name = draw.choice([_SHEET, _BOOK, "xl/_rels/workbook.xml.rels", "[Content_Types].xml"])
        data = bytearray(source.read(name))
    for _ in range(draw.randrange(1, 30)):
        data[draw.randrange(len(data))] = draw.choice(b'<>/"& \x00\xffAc1')
    return _with({name: bytes(data)})


@kind
def wrong_suffix(draw: random.Random) -> bytes:
    head = draw.choice([b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"MZ", b"<html>", b"{"])
    return head + draw.randbytes(draw.randrange(2_000))


@kind
def old_xls(draw: random.Random) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + draw.randbytes(draw.randrange(5_000))


@kind
def part_missing(draw: random.Random) -> bytes:
    out = io.BytesIO()
    gone = draw.choice([_SHEET, _BOOK, "xl/_rels/workbook.xml.rels"])
    with zipfile.ZipFile(io.BytesIO(_good())) as source, zipfile.ZipFile(out, "w") as made:
        for name in source.namelist():
            if name != gone:
                made.writestr(name, source.read(name))
    return out.getvalue()


# ---- archives that want to be unpacked -------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _swollen(part: str, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_good())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name != part:
                made.writestr(name, source.read(name))
        with made.open(part, "w", force_zip64=True) as stream:
            stream.write(f"<worksheet {_MAIN}><sheetData>".encode())
            for _ in range(size):
                stream.write(b" " * 2**20)
    return out.getvalue()


@kind
def swells(draw: random.Random) -> bytes:
    """Half a megabyte that unpacks to half a gigabyte."""
    return _swollen(draw.choice([_SHEET, _STRINGS]), 480) + b"\0" * draw.randrange(3)


@kind
def swells_untold(draw: random.Random) -> bytes:
    """The same, declared as a few bytes."""
    data = bytearray(_swollen(_SHEET, 480))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(_SHEET.encode()))
    data[at + 24 : at + 28] = struct.pack("<I", draw.randrange(1, 10_000))
    return bytes(data)


@kind
def declared_huge(draw: random.Random) -> bytes:
    data = bytearray(_good())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(_SHEET.encode()))
    data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0 - draw.randrange(1_000))
    return bytes(data)


@kind
def parts(draw: random.Random) -> bytes:
    return _with({f"xl/media/{n}.bin": b"x" for n in range(2_100 + draw.randrange(200))})


@kind
def nested(draw: random.Random) -> bytes:
    inner = _good()
    for _ in range(draw.randrange(1, 5)):
        inner = _with({draw.choice([_SHEET, _STRINGS, _BOOK]): inner})
    return inner


@kind
def slips(draw: random.Random) -> bytes:
    where = draw.choice(["../../../../tmp/xueshi-slip", "/tmp/xueshi-slip", "..\\..\\xueshi-slip", "xl/../../slip"])  # noqa: S108
    return _with({where: b"out", f"{where}.xml": b"<a/>"})


@kind
def symbolic_link(draw: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_good())) as source, zipfile.ZipFile(out, "w") as made:
        for name in source.namelist():
            if name != _SHEET:
                made.writestr(name, source.read(name))
        link = zipfile.ZipInfo(_SHEET)
        link.create_system, link.external_attr = 3, 0xA1FF << 16
        made.writestr(link, draw.choice(["/etc/passwd", "../../../etc/shadow", "sheet1.xml"]))
    return out.getvalue()


@kind
def twice(draw: random.Random) -> bytes:
    out = io.BytesIO(_good())
    with zipfile.ZipFile(out, "a") as made:
        at = made.NameToInfo.pop(draw.choice([_SHEET, _BOOK]))  # so that it says nothing of the second
        made.writestr(at.filename, b"<worksheet/>")
    return out.getvalue()


@kind
def locked(draw: random.Random) -> bytes:
    data = bytearray(_good())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place] |= 1
    return bytes(data)


@kind
def odd_packing(draw: random.Random) -> bytes:
    return _with({}, compress_type=draw.choice([zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))


@kind
def junk_around(draw: random.Random) -> bytes:
    return draw.choice([_good() + draw.randbytes(70_000), b"PK\x03\x04junk" + _good(), b"PK\x05\x06" + bytes(18)])


# ---- XML that wants more than to be read -----------------------------------------------------------------------------


@kind
def outside_entity(draw: random.Random) -> bytes:
    address = draw.choice(["file:///etc/passwd", "http://127.0.0.1:1/x", "//127.0.0.1/share", "php://filter/x"])
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "{address}">]>'
    if draw.random() < 0.5:
        return _sheet(f'<row r="1">{_cell("A1", "&x;")}</row>', head)
    return _with({_BOOK: f'{head}<workbook {_MAIN}><sheets><sheet name="&x;"/></sheets></workbook>'.encode()})


@kind
def laughs(draw: random.Random) -> bytes:
    deep = draw.randrange(6, 12)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 50}">' for n in range(deep))
    head = f'<?xml version="1.0"?><!DOCTYPE w [{entities}]>'
    part = draw.choice([_SHEET, _BOOK, _STRINGS])
    body = f"{head}<worksheet {_MAIN}><sheetData><row><c><v>&e{deep - 1};</v></c></row></sheetData></worksheet>"
    return _with({part: body.encode()})


@kind
def in_sixteen_bits(draw: random.Random) -> bytes:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'
    return _with({draw.choice([_SHEET, _BOOK]): text.encode(draw.choice(["utf-16", "utf-16-le", "utf-16-be"]))})


@kind
def other_encoding(draw: random.Random) -> bytes:
    name = draw.choice(["gb2312", "utf-7", "ebcdic-cp-us", "iso-8859-1", "x" * 500])
    return _sheet(f'<row r="1">{_cell("A1", "a")}</row>', f'<?xml version="1.0" encoding="{name}"?>')


@kind
def comments(draw: random.Random) -> bytes:
    inside = draw.choice(["<!-- x -->", "<![CDATA[</row>]]>", "<?x y?>", "<!ELEMENT a ANY>"])
    return _sheet(f'<row r="1">{_cell("A1", f"a{inside}b")}</row>{inside}')


@kind
def deep_xml(draw: random.Random) -> bytes:
    deep = draw.randrange(1_000, 100_000)
    return _sheet('<row r="1"><c r="A1" t="inlineStr"><is>' + "<r>" * deep + "</r>" * deep + "</is></c></row>")


@kind
def unbalanced(draw: random.Random) -> bytes:
    lost = draw.choice(["</c>", "</row>", "</v>", "</is>", '"', ">", "<"])
    return _sheet((f'<row r="1">{_cell("A1", "a")}{_cell("B1", "b")}</row>' * 5).replace(lost, "", 3))


# ---- sheets that are none --------------------------------------------------------------------------------------------


@kind
def columns(draw: random.Random) -> bytes:
    """A million cells in a row."""
    cell = draw.choice(["<c><v>1</v></c>", "<c/>", '<c t="inlineStr"><is><t>x</t></is></c>'])
    return _sheet('<row r="1">' + cell * 1_000_000 + "</row>")


@kind
def dear_row(draw: random.Random) -> bytes:
    return _sheet('<row r="1">' + _cell("A1", draw.choice("xy中") * draw.randrange(2_500_000, 4_000_000)) + "</row>")


@kind
def long_cells(draw: random.Random) -> bytes:
    return _sheet(
        "".join(f'<row r="{n}">{_cell(f"A{n}", "长" * draw.randrange(900, 40_000))}</row>' for n in range(1, 40))
    )


@kind
def odd_places(draw: random.Random) -> bytes:
    place = draw.choice(["ZZZZ9", "A0", "A-1", "1A", "", "XFD1048576", "A99999999999999999999", "a1", "BI1", "AAA1"])
    return _sheet(
        f'<row r="{draw.choice(["1", "0", "-1", "x", "9" * 30])}">{_cell(place, "x")}{_cell("B1", "y")}</row>'
    )


@kind
def same_place(draw: random.Random) -> bytes:
    return _sheet(f'<row r="1">{_cell("B1", "x")}{_cell(draw.choice(["A1", "B1"]), "y")}</row>')


@lru_cache(maxsize=2)
def _references(length: int) -> bytes:
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "ABCDEFGHIJKL") + "</row>"
        for n in range(1, 60_000)
    )
    return _with({
        _SHEET: f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode(),
        _STRINGS: f"<sst {_MAIN}><si><t>{'长' * length}</t></si></sst>".encode(),
    })  # fmt: skip


@kind
def shared_twice_over(draw: random.Random) -> bytes:
    """One long text that every cell names."""
    return _references(draw.choice([900, 30_000]))


@lru_cache(maxsize=1)
def _many_texts() -> bytes:
    return _with({_STRINGS: f"<sst {_MAIN}>{'<si><t>x</t></si>' * 1_600_000}</sst>".encode()})


@kind
def many_shared(draw: random.Random) -> bytes:
    return _many_texts() + b"\0" * draw.randrange(3)


@kind
def odd_references(draw: random.Random) -> bytes:
    index = draw.choice(["5", "-1", "99999999999", "x", "1.5", "", "０"])
    return _with({
        _SHEET: f'<worksheet {_MAIN}><sheetData><row r="1"><c r="A1" t="s"><v>{index}</v></c></row></sheetData>'
                "</worksheet>".encode(),
        _STRINGS: f"<sst {_MAIN}><si><t>a</t></si></sst>".encode(),
    })  # fmt: skip


@kind
def odd_numbers(draw: random.Random) -> bytes:
    number = draw.choice(["1e999", "-1e999", "NaN", "1_000", "0x10", "5.00199E+17", "--1", "9" * 400, "1e-999"])
    head = "".join(
        _cell(f"{c}1", t)
        for c, t in zip("ABCDEF", ("姓名", "身份证号", "手机号", "取得职称日期", "职称", "学历"), strict=True)
    )
    cells = "".join(f'<c r="{c}2"><v>{number}</v></c>' for c in "ABCDEF")
    return _sheet(f'<row r="1">{head}</row><row r="2">{cells}</row>')


@kind
def formulas(draw: random.Random) -> bytes:
    text = draw.choice(['=cmd|"/c calc"!A1', '=HYPERLINK("http://127.0.0.1")', "+1+1", "@SUM(A1)", "-2+3"])
    rows = [rosters.row(n, 姓名=text, 邮箱=text, 部门=text) for n in range(5)]
    return rosters.workbook(rows)


@kind
def errors_and_merges(draw: random.Random) -> bytes:
    return _with({
        _SHEET: (
            f'<worksheet {_MAIN}><sheetData><row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="b"><v>1</v></c>'
            f'<c r="C1" t="str"><f>A1</f><v>x</v></c></row></sheetData><mergeCells count="{draw.randrange(10**9)}">'
            '<mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
        ).encode()
    })  # fmt: skip


@kind
def prefixed(draw: random.Random) -> bytes:
    prefix = draw.choice(["x", "abc", "x-1", "_"])
    return _with({
        _SHEET: f'<{prefix}:worksheet xmlns:{prefix}="m"><{prefix}:sheetData><{prefix}:row r="1"><{prefix}:c r="A1" '
                f't="inlineStr"><{prefix}:is><{prefix}:t>a</{prefix}:t></{prefix}:is></{prefix}:c></{prefix}:row>'
                f"</{prefix}:sheetData></{prefix}:worksheet>".encode()
    })  # fmt: skip


# ---- tables as text --------------------------------------------------------------------------------------------------


@kind
def nulls(draw: random.Random) -> bytes:
    return "姓名,身份证号\n示例甲,1\n".encode() + b"\0" * draw.randrange(1, 5_000)


@kind
def one_line(draw: random.Random) -> bytes:
    """Some megabytes without an end of the line; more than fit through the door now and then."""
    return draw.choice([b"a", b",", b'"', b"a,"]) * draw.choice([3_000_000, 9_000_000, 21_000_000])


@kind
def quotes(draw: random.Random) -> bytes:
    text = '姓名,身份证号\n"示例' + "甲,\n" * draw.randrange(10, 60_000)
    return text.encode(draw.choice(["utf-8", "gb18030", "utf-16"]))


@kind
def no_encoding(draw: random.Random) -> bytes:
    return "姓名,身份证号\n".encode("gb18030") + bytes(draw.choices(range(128, 256), k=draw.randrange(1, 3_000)))


@kind
def half_a_mark(draw: random.Random) -> bytes:
    return draw.choice([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]) + draw.randbytes(draw.randrange(50))


@kind
def many_commas(draw: random.Random) -> bytes:
    return ("," * draw.randrange(61, 400_000) + "x\n").encode() * 3


@kind
def mixed_lines(draw: random.Random) -> bytes:
    ends = ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\u2028", "\x85"]
    return "".join(f"甲{n},{n}{draw.choice(ends)}" for n in range(draw.randrange(1, 3_000))).encode()


@kind
def too_many_rows(draw: random.Random) -> bytes:
    return "姓名,身份证号\n".encode() + "示例,1\n".encode() * (100_100 + draw.randrange(50_000))


@kind
def blanks(draw: random.Random) -> bytes:
    return draw.choice(["\n", " ", ",\n", "\t", "\ufeff", "\u3000\n"]).encode() * draw.randrange(1, 200_000)
