"""How a name is read: what lists of people are ordered by, and what is found by typing letters.

Readings are those of pypinyin's table of characters. Only the table is read: importing the package also loads its
dictionary of phrases, some 50 MB that names have no use for. What the table cannot know stands here: how a character
is read as a surname, and which readings are usual in given names.
"""

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

MOST = 240  # the column's length
MOST_OTHERS = 3
SEPARATORS = " |·•・‧.-'’—_/\\,，、()（）\t\u3000"

# Surnames that are read otherwise than elsewhere, or in two ways; the usual reading first.
SURNAMES = {
    key: readings.split()
    for key, readings in {
        "单": "shan dan", "解": "xie jie", "仇": "qiu chou", "查": "zha cha", "盖": "gai ge", "翟": "zhai di",
        "覃": "qin tan", "朴": "piao pu", "区": "ou qu", "种": "chong zhong", "繁": "po fan", "尉": "wei yu",
        "员": "yun yuan", "折": "she zhe", "祭": "zhai ji", "洗": "xian xi", "黑": "he hei", "那": "na nuo",
        "隗": "wei kui", "宓": "mi fu", "秘": "bi mi", "乜": "nie mie", "佴": "nai er", "贾": "jia gu", "薄": "bo bao",
        "郇": "xun huan", "郗": "xi chi", "卜": "bu bo", "召": "shao zhao", "莘": "shen xin", "颉": "xie jie",
        "么": "yao me", "句": "gou ju", "能": "nai neng", "费": "fei bi", "牟": "mou mu", "盛": "sheng",
        "隽": "juan jun", "镡": "tan xin chan", "炅": "gui", "乐": "yue le", "行": "xing", "朝": "chao",
        "强": "qiang jiang", "藏": "zang cang", "参": "shen can", "谷": "gu", "阚": "kan",
        "适": "kuo shi", "库": "she ku", "洞": "tong dong", "粘": "nian zhan", "降": "jiang xiang",
        "扎": "za zha",
    }.items()
}  # fmt: skip
COMPOUND = {
    "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "东方": "dong fang",
    "皇甫": "huang fu", "尉迟": "yu chi", "公孙": "gong sun", "慕容": "mu rong", "长孙": "zhang sun",
    "宇文": "yu wen", "司徒": "si tu", "司空": "si kong", "夏侯": "xia hou", "万俟": "mo qi", "令狐": "ling hu",
    "单于": "chan yu", "澹台": "tan tai", "淳于": "chun yu", "轩辕": "xuan yuan", "赫连": "he lian",
    "呼延": "hu yan", "钟离": "zhong li", "闻人": "wen ren", "申屠": "shen tu", "太叔": "tai shu",
    "仲孙": "zhong sun", "鲜于": "xian yu", "闾丘": "lv qiu", "公冶": "gong ye", "宗政": "zong zheng",
    "濮阳": "pu yang", "公羊": "gong yang", "端木": "duan mu", "独孤": "du gu", "南宫": "nan gong",
    "拓跋": "tuo ba", "百里": "bai li", "东郭": "dong guo", "西门": "xi men", "完颜": "wan yan",
    "纳兰": "na lan", "叶赫": "ye he", "乐正": "yue zheng", "亓官": "qi guan", "第五": "di wu",
    "欧陽": "ou yang", "長孫": "zhang sun", "諸葛": "zhu ge", "尉遲": "yu chi", "歐陽": "ou yang",
}  # fmt: skip
# Characters that given names use in two readings, and those that the table begins with an unusual one.
GIVEN = {
    key: readings.split()
    for key, readings in {
        "长": "chang zhang", "重": "chong zhong", "乐": "le yue", "朝": "chao zhao", "行": "xing hang", "茜": "qian xi",
        "莎": "sha suo", "晟": "sheng cheng", "盛": "sheng cheng", "传": "chuan zhuan", "藏": "cang zang",
        "柏": "bai bo", "都": "du dou", "蔚": "wei yu", "单": "dan shan", "解": "jie xie", "曾": "zeng ceng",
        "娜": "na nuo", "参": "can shen", "乾": "qian gan", "祎": "yi hui", "珩": "heng hang", "炅": "jiong gui",
        "莘": "xin shen", "隽": "jun juan", "泊": "bo po", "薄": "bo", "谷": "gu yu", "阿": "a e", "会": "hui kuai",
        "弹": "tan dan", "调": "tiao diao", "车": "che ju", "角": "jiao jue", "伽": "jia qie", "缪": "miao mou",
        "琢": "zhuo", "侗": "dong tong", "峒": "dong tong", "番": "fan pan", "六": "liu lu", "率": "shuai lv",
        "什": "shi", "似": "si", "说": "shuo yue", "厦": "sha xia",
    }.items()
}  # fmt: skip
MARKED = {"\u0308": "v"}  # ü, as it is typed


def of(name: str) -> str:
    """The usual reading, then others: "zeng li|ceng li"; syllables apart, ü as v, other scripts in lower case.

    A character without a known reading stays as it is. At most 240 places: of a longer name as many as fit.
    """
    known = _readings()
    if name[:1] not in SURNAMES and name[:2] not in COMPOUND:
        try:
            usual = " ".join([known[letter] for letter in name])
        except KeyError:
            return _slowly(name)
        if len(usual) <= MOST:
            return usual
    return _slowly(name)


def _slowly(name: str) -> str:
    syllables = _syllables(name)
    usual = [readings[0] for readings in syllables]
    found = [" ".join(usual)]
    for place, readings in enumerate(syllables):
        for other in readings[1:]:
            found.append(" ".join([*usual[:place], other, *usual[place + 1 :]]))
    fitting = _cut(found[0])
    for other in found[1 : 1 + MOST_OTHERS]:
        if len(fitting) + 1 + len(other) <= MOST:
            fitting += "|" + other
    return fitting


def _syllables(name: str) -> list[list[str]]:
    """The readings of each part of a name in order; letters that stand together are one part."""
    found: list[list[str]] = []
    place, together = 0, False
    if name[:2] in COMPOUND:
        found += [[syllable] for syllable in COMPOUND[name[:2]].split()]
        place = 2
    for letter in unicodedata.normalize("NFKC", name[place:]):
        readings = SURNAMES.get(letter) if not found else None
        readings = readings or GIVEN.get(letter) or _table().get(letter, "").split()
        if readings:
            found.append(readings)
            together = False
        elif letter in SEPARATORS or letter.isspace():
            together = False
        elif letter.isalnum() and ord(letter) < 0x2E80:
            if together:
                found[-1] = [found[-1][0] + letter.lower()]
            else:
                found.append([letter.lower()])
            together = True
        else:
            found.append([letter])
            together = False
    return found


def _cut(text: str) -> str:
    return text if len(text) <= MOST else text[: MOST + 1].rpartition(" ")[0] or text[:MOST]


@cache
def _table() -> dict[str, str]:
    """Every character that has a reading, with its first one, without tones."""
    library = find_spec("pypinyin")
    written = json.loads(
        Path(library.origin or "").with_name("pinyin_dict.json").read_text("utf8") if library else "{}"
    )
    first = {chr(int(code)): readings.partition(",")[0] for code, readings in written.items()}
    plain = {reading: untoned(reading) for reading in set(first.values())}
    return {letter: plain[reading] for letter, reading in first.items()}


@cache
def _readings() -> dict[str, str]:
    """Characters that are read in one way wherever they stand."""
    found = {letter: reading for letter, reading in _table().items() if letter not in GIVEN}
    return found | {letter: readings[0] for letter, readings in GIVEN.items() if len(readings) == 1}


def untoned(syllable: str) -> str:
    """As it is typed: "lǚ" as "lv"."""
    return "".join(
        MARKED.get(mark, "") if unicodedata.combining(mark) else mark
        for mark in unicodedata.normalize("NFD", syllable).replace("u\u0308", "\u0308")
    )


@cache
def syllables() -> frozenset[str]:
    """Every syllable that some character is read as."""
    told = {reading for readings in (*SURNAMES.values(), *GIVEN.values()) for reading in readings}
    return frozenset(_table().values()) | told


__all__ = ["of", "syllables", "untoned"]
