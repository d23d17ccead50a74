"""One cell of a spreadsheet, as clerks write it: what it means, or what is wrong and what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from xueshi.command.speech import Two
from xueshi.policy import whole
from xueshi.policy.reading import did_you_mean
from xueshi.policy.words import Word

Read = Callable[[str], object]


class Bad(ValueError):
    """A cell that cannot be read: what is wrong, and what to write instead."""

    def __init__(self, problem: Two, instead: Two) -> None:
        """Keep both sentences until the language is known."""
        super().__init__(problem.en)
        self.problem = problem
        self.instead = instead


def tidy(text: str) -> str:
    """Without spaces around it and without full-width forms; invisible signs are gone."""
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return plain.strip()


_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u00ad"))
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")


def computed(text: str) -> str:
    """The value of a cell; ``="00123"`` is how some keep digits. Refuses what a program left in place of a value."""
    if found := re.fullmatch(r'="([^"]*)"', text):
        return found[1]
    if text in _ERRORS:
        raise Bad(
            Two(f"单元格是公式错误 {text}", f"the cell holds the error {text}"),
            Two("改正公式，或填写数值", "mend the formula, or write the value"),
        )
    if text.startswith("="):
        raise Bad(
            Two("单元格是没有结果的公式", "the cell holds a formula without its result"),
            Two("用表格软件打开并保存一次，或粘贴为数值", "open and save it in a spreadsheet program, or paste values"),
        )
    return text


# ---- days -------------------------------------------------------------------------------------

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, for every day after February 1900
_FIRST, _LAST = date(1900, 3, 1), date(2100, 12, 31)
_WRITE_DAY = Two("写成 2022-12-31", "write it as 2022-12-31")


def day(text: str) -> date:
    """``2022-12-31``, ``2022/12/31``, ``2022.12.31``, ``2022年12月31日``, ``20221231`` or a sheet's day number."""
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        if found := _DAY.fullmatch(text):
            read = date(*map(int, found.groups()))
        elif _SERIAL.fullmatch(text):
            read = _EPOCH + timedelta(days=int(text.partition(".")[0]))
        else:
            raise Bad(Two("不是日期", "this is no date"), _WRITE_DAY)
    except ValueError as problem:
        if isinstance(problem, Bad):
            raise
        raise Bad(Two("没有这一天", "there is no such day"), _WRITE_DAY) from None
    if not _FIRST <= read <= _LAST:
        raise Bad(Two("日期不在 1900 年到 2100 年之间", "the day is not between 1900 and 2100"), _WRITE_DAY)
    return read


def year(text: str) -> int:
    """``2022``, ``2022年``, ``2022年度``."""
    found = re.fullmatch(r"((?:19|20)\d\d)(?:\.0+)?\s*年?度?", text)
    if not found:
        raise Bad(Two("不是年份", "this is no year"), Two("写成 2022", "write it as 2022"))
    return int(found[1])


def days(text: str) -> tuple[date, ...]:
    """One day or several, between ``;``; ``无`` says that it is known not to have happened."""
    if text in _NONE:
        return ()
    return tuple(sorted(day(part) for part in _parts(text)))


def spells(text: str) -> tuple[tuple[date, date | None], ...]:
    """``2020-03-01~2020-09-30``, several between ``;``, open at the end ``2020-03-01~``; ``无`` for none."""
    if text in _NONE:
        return ()
    found = []
    for part in _parts(text):
        pair = re.split(r"\s*(?:~|至|到|—+|–)\s*", part)
        if len(pair) != 2 or not pair[0]:
            raise Bad(
                Two("不是起止日期", "this is no span of days"),
                Two("写成 2020-03-01~2020-09-30，未结束的写 2020-03-01~", "write it as 2020-03-01~2020-09-30"),
            )
        first, last = day(pair[0]), day(pair[1]) if pair[1] else None
        if last is not None and last < first:
            raise Bad(Two("止于开始之前", "it ends before it begins"), Two("对调两个日期", "swap the two days"))
        found.append((first, last))
    return tuple(sorted(found, key=lambda span: span[0]))


_NONE = ("无", "没有", "none", "None", "-", "/", "—")


def _parts(text: str) -> list[str]:
    return [part for part in (one.strip() for one in re.split(r"[;,、\n]", text)) if part]


# ---- numbers ----------------------------------------------------------------------------------


def number(text: str) -> Decimal:
    """``30``, ``29.5``, ``1,200``."""
    bare = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    try:
        read = Decimal(bare)
    except InvalidOperation:
        raise Bad(
            Two("不是数", "this is no number"), Two("只写数字，如 30 或 29.5", "digits only, as 30 or 29.5")
        ) from None
    if not read.is_finite():
        raise Bad(Two("不是数", "this is no number"), Two("只写数字，如 30 或 29.5", "digits only, as 30 or 29.5"))
    return read


def count(text: str) -> int | Decimal:
    """A number, whole where it is."""
    read = number(text)
    return int(read) if read == read.to_integral_value() else read


def hours(text: str) -> Decimal:
    """学时, 0 or more; ``30学时`` is understood."""
    read = number(re.sub(r"\s*(学时|课时|hours?)$", "", text))
    if read < 0:
        raise Bad(
            Two("学时小于零", "hours below nothing"),
            Two(
                "冲销的，把原记录一并删去，或写冲销后的余数", "net it with the line it reverses, and write what remains"
            ),
        )
    try:
        whole.parts(read)
    except whole.NotWhole:
        raise Bad(
            Two("不是 1/1800 学时的整数倍", "not a whole number of 1/1800 hours"),
            Two("最多写两位小数", "write two decimal places at most"),
        ) from None
    return read


# ---- words ------------------------------------------------------------------------------------

_YES = frozenset(["是", "有", "对", "true", "yes", "y", "1", "√", "✓", "✔", "t", "合格", "通过", "已审验", "已"])
_NO = frozenset(
    ["否", "无", "不", "没有", "false", "no", "n", "0", "×", "✗", "x", "f", "不合格", "未通过", "未审验", "未"]
)


def flag(text: str) -> bool:
    """是 or 否, also true/false, 1/0, √/×."""
    low = text.lower()
    if low in _YES or low in _NO:
        return low in _YES
    raise Bad(Two("不是“是”或“否”", "this is neither yes nor no"), Two("写 是 或 否", "write yes or no (是, 否)"))


def word(of: Word) -> Callable[[str], str]:
    """A value of a word by its key or its Chinese term."""
    names = {tidy(term).lower(): key for key, term in of.values.items()} | {key.lower(): key for key in of.values}

    def read(text: str) -> str:
        found = names.get(re.sub(r"\s+", "", text.lower()), names.get(text.lower()))
        if found is None:
            meant = did_you_mean(text.lower(), [*names]).strip()
            close = re.search(r"'(.+)'", meant)
            terms = "、".join(of.values.values())
            keys = ", ".join(of.values)
            more = f"您是不是要写“{close[1]}”？" if close else ""
            raise Bad(
                Two(f"“{of.term}”没有这个值", f"{of.name!r} has no such value"),
                Two(f"{more}可写：{terms}", f"{meant} One of: {keys}".strip()),
            )
        return found

    return read


def dated_word(of: Word) -> Read:
    """One value, or values with the day from which each holds: ``助理级 2008-07-01；中级 2013-05-20``."""
    plain = word(of)

    def read(text: str) -> object:
        parts = [part for part in (one.strip() for one in re.split(r"[;\n]", text)) if part]
        if len(parts) == 1 and not re.search(r"\d{4}", parts[0]):
            return plain(parts[0])
        found = []
        for part in parts:
            both = re.fullmatch(r"(.+?)[\s@:自]*(\d{4}.*?)起?", part)
            if not both:
                raise Bad(
                    Two("分段的值要各写起始日期", "each of several values needs the day from which it holds"),
                    Two(
                        "写成 助理级 2008-07-01；中级 2013-05-20",
                        "write it as junior 2008-07-01; intermediate 2013-05-20",
                    ),
                )
            found.append((day(both[2].strip()), plain(both[1].strip())))
        return tuple(sorted(found))

    return read


def words(of: Word) -> Read:
    """One value of a mark, or several between ``;``."""
    plain = word(of)

    def read(text: str) -> object:
        found = tuple(plain(part) for part in _parts(text))
        return found[0] if len(found) == 1 else found

    return read


def name(text: str) -> str:
    """Free text."""
    return text


# ---- people -----------------------------------------------------------------------------------


NO_PERSON = (
    Two("这一行不是人员", "this row is about nobody"),
    Two("删去合计、制表人一类的行", "delete rows of totals and signatures"),
)


def no_person(text: str) -> bool:
    """Whether a cell begins a row of totals or signatures."""
    return re.match(r"(合\s*计|总\s*计|小\s*计|共\s*计|制表|填表|审核人|填报)", text) is not None


def person(text: str) -> str:
    """Whoever it is: an identity number, a staff number. Refuses a number that lost its digits."""
    bare = re.sub(r"\s+", "", text)
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", bare):
        raise Bad(
            Two(
                "号码变成了科学计数，后几位已丢失",
                "the number was turned into a power of ten and has lost its last digits",
            ),
            Two("把该列设为文本格式，从原始资料重新填写", "make the column text and enter it anew from the original"),
        )
    if no_person(bare):
        raise Bad(*NO_PERSON)
    bare = re.sub(r"(?<=\d)\.0+$", "", bare)
    return bare.upper() if re.fullmatch(r"\d{17}x", bare) else bare
