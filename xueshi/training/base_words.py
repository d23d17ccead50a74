"""Why a base may not, what would change it, and what a scope is: in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.people.models import Region, Title
from xueshi.training.base_models import Accreditation, FeeItem, Subject
from xueshi.training.base_rules import Outside

# What forms offer.
SUBJECTS = Subject.choices
PROFESSIONAL = Subject.PROFESSIONAL.value
TITLES = list(reversed(Title.Level.choices))  # the highest first
LEVELS = Accreditation.Level.choices
CHARGED = FeeItem.Per.choices

STANDINGS = {
    "applied": gettext_lazy("待审批"),
    "returned": gettext_lazy("已退回，待补正"),
    "refused": gettext_lazy("未批准"),
    "not_yet": gettext_lazy("已批准，未到日期"),
    "approved": gettext_lazy("有效"),
    "suspended": gettext_lazy("已暂停"),
    "expired": gettext_lazy("已到期"),
    "withdrawn": gettext_lazy("已撤销"),
}
TAGS = {
    "applied": "wait", "returned": "soon", "refused": "", "not_yet": "wait", "approved": "ok", "suspended": "bad",
    "expired": "soon", "withdrawn": "bad",
}  # fmt: skip
_WHY = {
    "no_accreditation": gettext_lazy("它不是核准的继续教育基地"),
    "applied": gettext_lazy("它的基地申请还没有批准"),
    "returned": gettext_lazy("它的基地申请已退回补正"),
    "refused": gettext_lazy("它的基地申请没有批准"),
    "withdrawn": gettext_lazy("它的基地资格已经撤销"),
    "expired": gettext_lazy("它的基地资格已经到期"),
    "not_yet": gettext_lazy("它的基地资格那天还没有生效"),
    "suspended": gettext_lazy("它的基地资格那天处于暂停"),
    "region": gettext_lazy("%(asked)s不在它服务的地区之内"),
    "subject": gettext_lazy("它没有核准承担%(asked)s"),
    "specialty": gettext_lazy("“%(asked)s”不在它核准的专业之内"),
    "title": gettext_lazy("它没有核准培训%(asked)s人员"),
}
_WOULD = {
    "no_accreditation": gettext_lazy("请选一个核准的基地，或者由它向主管的人力社保局申请。"),
    "applied": gettext_lazy("主管的人力社保局批准以后就可以。"),
    "returned": gettext_lazy("请基地补正后重新提交。"),
    "refused": gettext_lazy("请选另一个基地，或者由它重新申请。"),
    "withdrawn": gettext_lazy("请选另一个基地。"),
    "expired": gettext_lazy("请主管的人力社保局延期，或者选另一个基地。"),
    "not_yet": gettext_lazy("请把日期推到生效以后。"),
    "suspended": gettext_lazy("恢复以后才能开新班；暂停以前办的照常有效。"),
    "region": gettext_lazy("它服务%(have)s；其他区县可以委托市级基地。"),
    "subject": gettext_lazy("它可以承担%(have)s；要增加，请主管的人力社保局调整范围。"),
    "specialty": gettext_lazy("核准的专业有：%(have)s；要增加，请主管的人力社保局调整范围。"),
    "title": gettext_lazy("它可以培训%(have)s；区县委托时可以另定层次。"),
}
NOTHING = gettext_lazy("（没有）")


def why(outside: Outside) -> str:
    """Why the base may not, as one clause without a full stop."""
    return str(_WHY[outside.code]) % {"asked": _named(outside, [outside.asked] if outside.asked else [])}


def what_would(outside: Outside) -> str:
    """What would make it a yes, as a sentence."""
    return str(_WOULD[outside.code]) % {"have": _named(outside, outside.have)}


def _named(outside: Outside, words: Iterable[str]) -> str:
    words = list(words)
    if outside.code == "region":
        names = dict(Region.objects.filter(code__in=words).values_list("code", "name"))
        words = [names.get(code, code) for code in words]
    elif outside.code == "subject":
        words = subjects(words)
    elif outside.code == "title":
        words = titles(words)
    return _("、").join(words) or str(NOTHING)


def subjects(values: Iterable[str]) -> list[str]:
    kept = set(values)
    return [str(label) for value, label in SUBJECTS if value in kept]


def titles(values: Iterable[str]) -> list[str]:
    """The levels from the highest down."""
    kept = set(values)
    return [str(label) for value, label in TITLES if value in kept]


def said(terms: object) -> str:
    """A scope as one line: 公需科目；专业科目（临床医学、护理）；中级、副高级."""
    shown = subjects(terms.subjects)  # type: ignore[attr-defined]
    specialties = list(terms.specialties)  # type: ignore[attr-defined]
    if specialties and shown:
        shown[-1] = _("%(subject)s（%(specialties)s）") % {
            "subject": shown[-1],
            "specialties": _("、").join(specialties),
        }
    levels = _("、").join(titles(terms.title_levels))  # type: ignore[attr-defined]
    return _("；").join([*shown, levels] if levels else shown)
