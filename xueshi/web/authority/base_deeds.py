"""What can be done about a base: its heading, what follows from it, and the words of its button."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Deed(NamedTuple):
    """`takes`: it takes something away, so the page asks once more."""

    heading: Promise
    follows: Promise
    act: Promise
    takes: bool = False


DEEDS: dict[str, Deed] = {
    "decide": Deed(
        _("审批申请"),
        _("范围可以和申请的不同，以批准的为准。"),
        _("办理这份申请"),
    ),
    "suspend": Deed(
        _("暂停资格"),
        _("从这一天起不能开新班，也不能再受委托；以前办的班和学时照常有效。"),
        _("暂停这个基地"),
        takes=True,
    ),
    "lift": Deed(
        _("恢复资格"),
        _("从今天起又可以开新班；还没有开始的暂停就此取消。"),
        _("恢复这个基地"),
    ),
    "scope": Deed(
        _("调整范围"),
        _("新范围从这一天起替换原来的；原来的留在办理记录里。"),
        _("按新范围核准"),
    ),
    "renew": Deed(
        _("延期"),
        _("从今天起按新的期限；到期以后、延期以前的日子不补。"),
        _("按这个期限延期"),
    ),
    "withdraw": Deed(
        _("提出撤销"),
        _("撤销要两个人：您提出，另一位同事确认以后才生效。"),
        _("提出撤销"),
        takes=True,
    ),
    "confirm": Deed(
        _("确认撤销"),
        _("从今天起它不再是基地，不能恢复，只能重新申请；以前办的照常有效。"),
        _("撤销这个基地的资格"),
        takes=True,
    ),
    "drop": Deed(
        _("不再撤销"),
        _("撤销的提议就此取消，资格不变。"),
        _("取消撤销的提议"),
    ),
}
