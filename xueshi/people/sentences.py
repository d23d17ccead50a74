"""What is wrong with an identity number, a phone or a password, said so that one can mend it."""

from datetime import date
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xueshi.people import rules
from xueshi.people.models import Post


def of_identity(found: rules.NotAnIdentity) -> str:
    """Why a number is not an identity number, and what to look at."""
    said = {
        "length": _("身份证号应是 18 位或 15 位，您填了 %(typed)s 位。"),
        "characters": _("身份证号只有数字，18 位的最后一位可以是 X。请去掉其他符号。"),
        "birth": _("第 7 位起的 %(typed)s 不是一个日期。请看着证件核对出生年月日。"),
        "future": _("第 7 位起的 %(typed)s 还没有到。请看着证件核对出生年月日。"),
        "check": _(
            "前 17 位算出来，最后一位应是 %(expected)s，您填的是 %(typed)s。"
            "请看着证件从头再核对一遍，多半是其中一位看错了。"
        ),
    }[found.problem]
    return said % {"typed": found.typed, "expected": found.expected}


def of_capacity(capacity: str) -> str:
    """What people call a capacity: a role, the learner, or the house itself."""
    if capacity in Post.Role.values:
        return str(Post.Role(capacity).label)
    return _("学员") if capacity == "learner" else _("系统")


def of_phone() -> str:
    return _("手机号应是 11 位、以 1 开头的数字，例如 138 开头的号码。")


def of_name() -> str:
    return _("请按身份证上的姓名填写，2 个字以上，不带数字和符号。")


def of_password(problem: rules.PasswordProblem) -> str:
    """Why a password is refused, and what would do."""
    return {
        "short": _("密码至少 %(least)d 位，可以是一句自己记得住的话。") % {"least": rules.LEAST_PASSWORD},
        "digits": _("密码全是数字，容易被猜到。加几个字就行。"),
        "one_place": _("密码里来回只有一两个字符，容易被猜到。请换一句话。"),
        "own_number": _("密码里有您身份证号的一段，看过证件的人就能猜到。请换一句话。"),
        "phone": _("密码里有您手机号的一段，认识您的人就能猜到。请换一句话。"),
        "birthday": _("密码里有您的生日，认识您的人就能猜到。请换一句话。"),
        "site": _("密码里有本平台的名字，最容易被猜到。请换一句话。"),
    }[problem]


def of_common_password() -> str:
    return _("这个密码很多人在用，容易被猜到。请换一句话。")


def against(password: str, *, number: str = "", phone: str = "", born_on: date | None = None) -> str:
    """Why this password is refused for this person; empty when it is good."""
    problem = rules.password_problem(password, number=number, phone=phone, born_on=born_on)
    if problem:
        return of_password(problem)
    try:
        _common().validate(password)
    except ValidationError:
        return of_common_password()
    return ""


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()  # reads a list of 20,000 once
