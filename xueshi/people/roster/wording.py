"""What is said of a roster: its fields, the fate of its rows, what is wrong with a cell and how to put it right."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LABELS: Mapping[str, Promise] = {
    "name": gettext_lazy("姓名"),
    "id_number": gettext_lazy("身份证号"),
    "phone": gettext_lazy("手机号"),
    "email": gettext_lazy("邮箱"),
    "employed_since": gettext_lazy("到本单位日期"),
    "title_level": gettext_lazy("职称级别"),
    "title_obtained_on": gettext_lazy("取得职称日期"),
    "file_keeper": gettext_lazy("档案保管"),
    "file_agency": gettext_lazy("人才代理机构"),
    "region": gettext_lazy("区县"),
    "first_hired": gettext_lazy("首次聘用日期"),
    "degree": gettext_lazy("学历学位"),
    "post": gettext_lazy("岗位类别"),
    "sector": gettext_lazy("单位性质"),
    "site": gettext_lazy("工作地点"),
    "on_the_job": gettext_lazy("在职"),
    "from_government": gettext_lazy("从党政机关转任日期"),
    "ce_certificate": gettext_lazy("持有继续教育证书"),
    "title": gettext_lazy("职称"),
    "employment": gettext_lazy("工作单位"),
    "transfer": gettext_lazy("变动申请"),
}
NOTES: Mapping[str, Promise] = {
    "name": gettext_lazy("与身份证一致。必填。"),
    "id_number": gettext_lazy("18 位或 15 位，单元格设为文本。必填。"),
    "phone": gettext_lazy("11 位手机号。已有手机号或账号的人不改。"),
    "email": gettext_lazy("没有可以不填。"),
    "employed_since": gettext_lazy("例如 2015-07-01。不填按导入当天。"),
    "title_level": gettext_lazy("员级、助理级、中级、副高级、正高级；没有就不填。"),
    "title_obtained_on": gettext_lazy("有职称必填，例如 2015-07-01。"),
    "file_keeper": gettext_lazy("所在单位、区县人力社保局、人才代理机构、其他。只用于新登记的人。"),
    "file_agency": gettext_lazy("档案在人才代理机构的，写机构全称。"),
    "region": gettext_lazy("不填按单位所在区县。只用于新登记的人。"),
    "first_hired": gettext_lazy("首次聘用到专业技术岗位的日期。"),
    "degree": gettext_lazy("大学专科、大学本科、硕士研究生、博士研究生。"),
    "post": gettext_lazy("中小学教师、其他专业技术岗位。"),
    "sector": gettext_lazy("事业单位、公有制企业、非公有制经济组织、其他社会组织。"),
    "site": gettext_lazy("苏木、乡镇等基层一线，或非基层一线。"),
    "on_the_job": gettext_lazy("是或否。"),
    "from_government": gettext_lazy("转任到企事业单位专业技术岗位的日期。"),
    "ce_certificate": gettext_lazy("是或否。"),
}
# The fate of a row, and the rule that it follows (`rules.TABLE`).
OUTCOMES: Mapping[str, tuple[Promise, Promise]] = {
    "new": (
        gettext_lazy("新登记"),
        gettext_lazy("平台上还没有的人：登记基本资料、工作单位、职称和其他情况。不设密码，本人凭邀请开通账号。"),
    ),
    "changed": (
        gettext_lazy("补充资料"),
        gettext_lazy(
            "已在本单位的人：只补上原来没有的职称和其他情况，没有账号的还补上手机和邮箱。已有的内容一律不改。"
        ),
    ),
    "same": (gettext_lazy("没有变化"), gettext_lazy("已在本单位，名册里的内容都已登记：不作改动。")),
    "joined": (
        gettext_lazy("加入本单位"),
        gettext_lazy("已登记、目前没有工作单位的人：姓名一致的，登记为本单位人员，并补上原来没有的资料。"),
    ),
    "moved": (
        gettext_lazy("申请调入"),
        gettext_lazy("现属其他单位的人：姓名一致的，提出单位变动申请，由原单位或人力社保部门办理。同意以前不作改动。"),
    ),
    "side": (gettext_lazy("在本单位兼职"), gettext_lazy("人事关系在其他单位、在本单位兼职的人：不作改动。")),
    "own": (gettext_lazy("经办人本人"), gettext_lazy("经办人不能通过名册改自己的资料：不作改动。")),
    "refused": (gettext_lazy("退回"), gettext_lazy("有错的行：不写入。下载退回的行，改好再上传。")),
}
_PROBLEMS: Mapping[str, Promise] = {
    "name-missing": gettext_lazy("没有姓名。"),
    "name": gettext_lazy("姓名里有数字或符号，或者不足两个字。"),
    "name-private": gettext_lazy("姓名里有个别电脑自造的字，换一台电脑就认不出。请用输入法的标准字重新输入。"),
    "name-differs": gettext_lazy("这个身份证号登记的是另一个姓名。请核对；登记有误的，由本人申请更正，名册不改姓名。"),
    "person-merged": gettext_lazy("这个身份证号的账号已经并入另一个账号。请本人核对现在使用的证件号。"),
    "nobody-to-ask": gettext_lazy("原单位没有人办理，当地也没有人力社保部门可以办理，没有提出调入申请。请打咨询电话。"),
    "id-missing": gettext_lazy("没有身份证号。"),
    "id-number-cell": gettext_lazy("身份证号存成了数字，Excel 已丢掉最后几位。请把单元格设为文本，重新输入。"),
    "id-scientific": gettext_lazy("身份证号变成了科学计数，后面的数字已丢失。请把单元格设为文本，重新输入。"),
    "id-length": gettext_lazy("身份证号应是 18 位或 15 位，这里是 %(is)s 位。"),
    "id-characters": gettext_lazy("身份证号里有不该有的字符：只能是数字，最后一位可以是 X。"),
    "id-birth": gettext_lazy("身份证号第 7 至 14 位不是一个日期。"),
    "id-future": gettext_lazy("身份证号里的出生日期在今天以后。"),
    "id-check": gettext_lazy("身份证号的最后一位对不上：按前 17 位推算应是 %(is)s。请对照证件，看是哪一位写错。"),
    "id-twice": gettext_lazy("同一个身份证号还出现在第 %(is)s 行。请留下正确的一行。"),
    "id-twice-15-18": gettext_lazy("与第 %(is)s 行是同一个号码，一个 15 位、一个 18 位。请留下正确的一行。"),
    "phone": gettext_lazy("不是 11 位的手机号。"),
    "phone-scientific": gettext_lazy("手机号变成了科学计数，后面的数字已丢失。请把单元格设为文本，重新输入。"),
    "email": gettext_lazy("不是一个邮箱地址。"),
    "date-ambiguous": gettext_lazy("看不出哪个是月、哪个是日，或者是哪一年。请写成 2015-07-01 这样。"),
    "date-no-day": gettext_lazy("只有年月，没有日。请写成 2015-07-01 这样。"),
    "date-unclear": gettext_lazy("不是一个日期。请写成 2015-07-01 这样。"),
    "date-future": gettext_lazy("日期在今天以后。"),
    "date-before-birth": gettext_lazy("日期早于身份证号里的出生日期。"),
    "title-unknown": gettext_lazy("职称级别应是：员级、助理级、中级、副高级、正高级。"),
    "title-of-two": gettext_lazy("“初级”要写明员级还是助理级，“高级”要写明副高级还是正高级。"),
    "title-no-date": gettext_lazy("填了职称，没有取得日期。"),
    "title-no-level": gettext_lazy("填了取得日期，没有职称级别。"),
    "word-unknown": gettext_lazy("没有这个选项。可以填：%(choices)s"),
    "agency-unknown": gettext_lazy("没有找到这家人才代理机构。请写全称。"),
    "agency-missing": gettext_lazy("档案在人才代理机构的，请写明是哪一家。"),
    "agency-not-keeper": gettext_lazy("写了代理机构，“档案保管”却不是人才代理机构。"),
    "region-unknown": gettext_lazy("没有找到这个区县。"),
    "id-15": gettext_lazy("15 位号码已换成 18 位。"),
    "id-tidied": gettext_lazy("已去掉空格和撇号，全角改半角，小写 x 改大写。"),
    "name-tidied": gettext_lazy("已去掉多余的空格，或者改用标准字。"),
    "phone-restored": gettext_lazy("科学计数的手机号已还原，没有丢位。"),
    "date-turned": gettext_lazy("“日/月/年”已按日期读出。"),
    "date-digits": gettext_lazy("8 位数字已按日期读出。"),
}  # fmt: skip
_UNREADABLE: Mapping[str, Promise] = {
    "too-big": gettext_lazy("文件太大。请去掉图片和多余的工作表，或者分成几份。"),
    "too-much": gettext_lazy("表格里的内容太多，读不完。请只留人员名册，或者分成几份。"),
    "too-many-rows": gettext_lazy("超过 100,000 行。请分成几份；如果没有这么多人，请删掉下面的空行再保存。"),
    "too-many-columns": gettext_lazy("超过 60 列。请删掉不用的列再保存。"),
    "row-too-long": gettext_lazy("有一行长得不像表格。请在 Excel 或 WPS 里另存为 xlsx，再上传。"),
    "swells": gettext_lazy("文件解开以后大得不像一份名册，没有读。"),
    "damaged": gettext_lazy("文件已损坏，打不开。请在 Excel 或 WPS 里打开、另存为 xlsx，再上传。"),
    "odd-xml": gettext_lazy("文件里有表格不该有的内容，没有读。请在 Excel 或 WPS 里另存为 xlsx，再上传。"),
    "old-or-locked": gettext_lazy("这是旧格式的 xls，或者设了打开密码。请另存为不带密码的 xlsx，再上传。"),
    "not-a-table": gettext_lazy("这不是 xlsx 或 csv 表格。"),
    "encoding": gettext_lazy("认不出文字编码。请在 Excel 或 WPS 里另存为 xlsx，再上传。"),
    "no-headings": gettext_lazy("表里没有列名，第一行已经是人。请在最上面加一行列名（姓名、身份证号等），再上传。"),
    "empty": gettext_lazy("第一张工作表里没有人员。请把名册放在第一张表，第一行是列名。"),
}
_STOPPED: Mapping[str, Promise] = {
    "stopped-unit-closed": gettext_lazy("写到一半停下了：单位已经关闭。写好的保留，其余不再写。"),
    "stopped-post-ended": gettext_lazy(
        "写到一半停下了：确认导入的人已不在这个岗位。写好的保留；其他经办人可以确认，接着写。"
    ),
}


def problem(code: str, fact: str = "", choices: str = "") -> str:
    """The sentence for a cell."""
    return str(_PROBLEMS[code]) % {"is": fact, "choices": choices}


def problem_label(code: str) -> str:
    """The same without the facts of one cell, above a count."""
    return problem(code, "…", "…")


def unreadable(code: str) -> str:
    return str(_UNREADABLE.get(code, _UNREADABLE["damaged"])) if code else ""


def stopped(code: str) -> str:
    return str(_STOPPED[code]) if code in _STOPPED else ""


def reason_heading() -> str:
    return _("退回原因")
