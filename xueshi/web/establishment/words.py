"""How these pages say what the house keeps as codes."""

from django.utils.translation import gettext as _

from xueshi.people import kinds
from xueshi.people.organisation_queries import Deed
from xueshi.people.rules_organisations import region_kind


def kind_of_region(code: str) -> str:
    """Province, city, county, zone, town or village."""
    return {
        "province": _("省级"), "city": _("市"), "county": _("区县"), "zone": _("开发区"), "town": _("乡镇街道"),
        "village": _("村居"),
    }[region_kind(code)]  # fmt: skip


def deed(one: Deed) -> str:
    """What was done, in a few words."""
    said = {
        "people.add_organisation": _("机构登记"), "people.change_organisation": _("资料修改"),
        "people.propose_closing": _("申请关闭"), "people.close_organisation": _("机构关闭"),
        "people.reopen_organisation": _("重新开放"), "people.give_duty": _("安排职责"),
        "people.end_duty": _("停止职责"), "people.add_region": _("地区登记"), "people.rename_region": _("名称修改"),
        "people.add_contact": _("电话添加"), "people.change_contact": _("电话修改"),
        "people.end_contact": _("电话停用"), "people.found": _("平台建立"),
    }  # fmt: skip
    return said.get(one.action, one.action.partition(".")[2].replace("_", " "))


def changed(one: Deed) -> str:
    """Which facts were changed, by name; or which duty it was."""
    if one.function in kinds.Function.values:
        return str(kinds.Function(one.function).label)
    names = {
        "name": _("全称"), "kind": _("类别"), "level": _("级别"), "region_id": _("所在地区"), "industry_id": _("行业"),
        "credit_code": _("统一社会信用代码"), "ownership": _("所有制"), "grass_roots": _("基层一线"),
        "address": _("地址"), "phone": _("电话"), "hours": _("窗口开放时间"),
    }  # fmt: skip
    return _("、").join(names.get(key, key) for key in one.changed)
