"""The sentences for what is wrong with a question sheet, in the active language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SHEET = {
    "not_xlsx": gettext_lazy(
        "这个文件不是可以读的 .xlsx 表格，或者加了密码。请在表格软件里另存为“Excel 工作簿 (.xlsx)”再传。"
    ),
    "too_big": gettext_lazy("文件超过 %(most)s MB。请去掉图片，或者分成几张表。"),
    "swells": gettext_lazy("文件展开以后大得不像一张题目表，没有读它。请另存为一张新的表再传。"),
    "no_rows": gettext_lazy("表里只有标题行，没有题目。"),
    "too_many_rows": gettext_lazy("表里超过 %(most)s 行。请分成几张表导入。"),
    "too_many_merges": gettext_lazy("表里合并的单元格太多，没有读它。请取消合并以后再传。"),
    "missing_columns": gettext_lazy("第 1 行缺少这些列：%(columns)s。"),
    "strange_columns": gettext_lazy("第 1 行有不认识的列：%(columns)s。"),
    "columns_twice": gettext_lazy("第 1 行有重复的列：%(columns)s。"),
}
CELL = {
    "empty": gettext_lazy("这一格没有填。"),
    "too_long": gettext_lazy("有 %(has)s 个字，最多 %(most)s 个。"),
    "is_formula": gettext_lazy("这一格是公式。请改成文字（复制后“选择性粘贴 → 数值”）。"),
    "is_merged": gettext_lazy("这一格是合并的单元格。请取消合并，每一题单独一行。"),
    "is_error": gettext_lazy("这一格是出错的值（如 #REF!）。"),
    "is_date": gettext_lazy("这一格被表格软件当成了日期。请把格式改成文本，再填一次。"),
    "unknown_kind": gettext_lazy("不认识题型“%(typed)s”。请填 单选、多选 或 判断。"),
    "hole": gettext_lazy("选项要从 A 起连着填，至少两个；这一格空着。"),
    "option_twice": gettext_lazy("和%(other)s一样了。"),
    "judgement_options": gettext_lazy("判断题不用填选项；要填就是 正确、错误 两个。"),
    "judgement_key": gettext_lazy("判断题的答案填 正确 或 错误，现在是“%(typed)s”。"),
    "no_key": gettext_lazy("没有答案。"),
    "not_letters": gettext_lazy("答案“%(typed)s”里有 A 到 E 以外的字。"),
    "letter_twice": gettext_lazy("答案里 %(letter)s 写了两次。"),
    "no_such_option": gettext_lazy("答案是 %(letter)s，可是没有这个选项。"),
    "single_with_many": gettext_lazy("单选题只有一个答案，现在有 %(has)s 个。"),
    "multiple_with_one": gettext_lazy("多选题至少有两个答案。只有一个的请把题型改成单选。"),
    "code_twice": gettext_lazy("题号和第 %(row)s 行一样。"),
    "stem_twice": gettext_lazy("题干和第 %(row)s 行一样。"),
}


def of_sheet(code: str, facts: Mapping[str, object]) -> str:
    """What is wrong with the file as a whole."""
    return str(SHEET[code]) % facts if facts else str(SHEET[code])


def of_cell(column: str, code: str, facts: Mapping[str, object]) -> str:
    """What is wrong with one cell, after the name of its column."""
    said = str(CELL[code]) % facts if facts else str(CELL[code])
    return _("%(column)s：%(said)s") % {"column": column, "said": said}


KINDS = {
    "single": gettext_lazy("单选题"),
    "multiple": gettext_lazy("多选题"),
    "judgement": gettext_lazy("判断题"),
}


def of_kind(kind: str) -> str:
    """The name of a kind of question."""
    return str(KINDS[kind])


STATES = {"confirmed": gettext_lazy("已入库"), "discarded": gettext_lazy("已放弃")}


def of_state(state: str) -> str:
    """What has become of a sheet."""
    return str(STATES[state])
