"""What a column of a roster may be, how its heading is recognised, and how its words are understood. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xueshi.policy.words import Word


@dataclass(frozen=True)
class Field:
    """One thing a roster may say of a person; `fact` is the word of the law that it becomes."""

    key: str
    kind: str  # name, number, phone, email, date, choice, agency, region; facts: word, event, flag
    headings: tuple[str, ...]
    needed: bool = False
    fact: str = ""


FIELDS = (
    Field("name", "name", ("姓名", "名字", "人员姓名", "教师姓名", "name", "full name"), needed=True),
    Field(
        "id_number", "number",
        ("身份证号", "身份证号码", "证件号", "证件号码", "公民身份号码", "居民身份证号", "居民身份证号码", "身份证",
         "id number", "id no", "id", "identity number", "id card"),
        needed=True,
    ),
    Field("phone", "phone", ("手机", "手机号", "手机号码", "移动电话", "联系电话", "电话", "联系方式", "phone",
                             "mobile", "mobile number", "mobile phone", "telephone")),
    Field("email", "email", ("邮箱", "电子邮箱", "电子邮件", "邮箱地址", "email", "mailbox", "e-mail", "mail")),
    Field("employed_since", "date", ("到本单位日期", "到本单位时间", "入职日期", "入职时间", "进入本单位日期",
                                     "来校时间", "employed since", "date of joining the employer",
                                     "since", "hired on")),
    Field("title_level", "choice", ("职称级别", "职称等级", "现职称级别", "专业技术职务级别", "职称",
                                     "title level", "title", "level of title")),
    Field("title_obtained_on", "date", ("取得职称日期", "取得职称时间", "职称取得时间", "取得现职称时间",
                                        "取得现职称日期",
                                        "职称取得日期", "评定时间", "title obtained on", "date of title",
                                        "title date")),
    Field("file_keeper", "choice", ("档案保管", "人事档案", "档案所在", "档案保管单位类别", "档案保管方", "file keeper",
                                    "personnel file", "file with")),
    Field("file_agency", "agency", ("代理机构", "人才代理机构", "档案代理机构", "file agency", "talent agency")),
    Field("region", "region", ("区县", "所属区县", "所在区县", "区县名称", "region", "district", "county",
                               "district or county")),
    Field("first_hired", "event", ("首次聘用日期", "首次聘用时间", "首次聘用到专业技术岗位", "首聘时间", "首聘日期",
                                   "first hired", "first hired on"), fact="first_hired"),
    Field("degree", "word", ("学历学位", "学历", "最高学历", "学位", "degree", "education"), fact="degree"),
    Field("post", "word", ("岗位类别", "岗位类型", "post", "kind of post"), fact="post"),
    Field("sector", "word", ("单位性质", "sector", "kind of employer"), fact="sector"),
    Field("site", "word", ("工作地点", "工作地点类别", "是否基层", "site", "place of work"), fact="site"),
    Field("on_the_job", "flag", ("在职", "是否在职", "在职从事专业技术工作", "on the job", "at work"),
          fact="on_the_job"),
    Field("from_government", "event", ("从党政机关转任日期", "转任日期", "从党政机关转任到企事业单位专业技术岗位",
                                       "from government", "transferred from government on"), fact="from_government"),
    Field("ce_certificate", "flag", ("持有继续教育证书", "继续教育证书", "ce certificate",
                                     "holding a ce certificate"), fact="ce_certificate"),
)  # fmt: skip
KEYS: Mapping[str, Field] = {field.key: field for field in FIELDS}
NEEDED = tuple(field.key for field in FIELDS if field.needed)
FACTS = tuple(field for field in FIELDS if field.fact)
MASKED = frozenset({"id_number", "phone", "email"})  # what a page shows in part

NOTHING = ("", "/", "-", "--", "—", "——", "无", "暂无", "没有", "n/a", "none", "null")
_TITLES = {
    "assistant": ("员级", "技术员级"),
    "junior": ("助理级", "初级助理级", "助理"),
    "intermediate": ("中级",),
    "deputy_senior": ("副高级", "副高"),
    "full_senior": ("正高级", "正高"),
}
TITLES_OF_TWO = ("初级", "高级")  # 员级 or 助理级; 副高级 or 正高级: only a person can say
_KEEPERS = {
    "unit": ("所在单位", "本单位", "单位", "在本单位", "用人单位"),
    "county_hrss": ("区县人力社保局", "区县人社局", "人社局", "人力社保局", "区人社局", "县人社局"),
    "talent_agency": ("人才代理机构", "代理机构", "人才中心", "人才服务中心", "人才市场"),
    "other": ("其他", "其他或不清楚", "不清楚", "不详"),
}
_SAID = {  # words that people use beside the term of the law
    "degree": {
        "junior_college": ("专科", "大专", "大学专科", "高职"),
        "bachelor": ("本科", "大学本科", "学士"),
        "master": ("硕士", "硕士研究生", "研究生硕士"),
        "doctor": ("博士", "博士研究生"),
    },
    "post": {"school_teacher": ("中小学教师", "教师"), "other": ("其他", "其他专业技术岗位", "其他专技岗位")},
    "sector": {
        "institution": ("事业", "事业单位"), "state_enterprise": ("国有企业", "公有制企业"),
        "non_public": ("民营企业", "私营企业", "非公有制", "非公有制经济组织"),
        "social_organisation": ("社会组织", "其他社会组织"),
    },
    "site": {"grassroots": ("基层", "基层一线", "乡镇", "是"), "other": ("非基层", "非基层一线", "否")},
}  # fmt: skip
_FLAGS = {
    "true": ("是", "有", "在职", "y", "yes", "true", "√", "1"),
    "false": ("否", "不是", "n", "no", "false", "×", "0"),
}


def choices(field: Field, words: Mapping[str, Word]) -> dict[str, str]:
    """How a value may be said, tidied as `said` does, and what it is."""
    if field.key == "title_level":
        table: Mapping[str, Sequence[str]] = _TITLES
    elif field.key == "file_keeper":
        table = _KEEPERS
    elif field.kind == "flag":
        table = _FLAGS
    else:
        word = words[field.fact]
        table = {key: (*_SAID.get(field.key, {}).get(key, ()), term) for key, term in word.values.items()}
    found = {said(key): key for key in table}
    for key, ways in table.items():
        found |= {said(way): key for way in ways}
    return found


def said(text: str) -> str:
    """A word as it is compared: no blanks, no brackets, small letters, half width."""
    return re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", text)).lower()


def _heading(text: str) -> str:
    """A heading as it is compared: without marks, stars and what stands in brackets."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"\([^)]*\)|（[^）]*）|\[[^\]]*\]", "", plain)
    return re.sub(r"[\s*＊:：_\-、，,。./]", "", plain)


_KNOWN = {_heading(way): field.key for field in FIELDS for way in (field.key, *field.headings)}


_NUMBER = re.compile(r"[0-9]{11,18}X?|[0-9](\.[0-9]+)?E\+?[0-9]{1,3}")


def is_number(cell: str) -> bool:
    """Whether a cell says the number of a card or a phone, as no heading does."""
    return _NUMBER.fullmatch(re.sub(r"[\s'’‘`]", "", unicodedata.normalize("NFKC", cell)).upper()) is not None


def recognised(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[str, int]:
    """Which column is which field: as this unit said last, otherwise by the heading; the first of two wins."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        key = remembered.get(heading.strip()) or _KNOWN.get(_heading(heading))
        if key and key in KEYS and key not in found:
            found[key] = column
    return found


def missing(mapping: Mapping[str, int]) -> list[str]:
    """Fields without which nobody can be brought."""
    return [key for key in NEEDED if key not in mapping]


def heading_row(rows: Sequence[Sequence[str]], remembered: Mapping[str, str]) -> int:
    """Which of the first rows has the headings: that in which most are recognised, else the first."""
    counts = [len(recognised(row, remembered)) for row in rows]
    return counts.index(max(counts)) if counts else 0
