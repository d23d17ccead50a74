"""The seven steps in a few words each, as far as the notice speaks of them; what it leaves open is said to be open."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from xueshi.policy.chapters import Award, EnrolmentLaw, ExamLaw, FeeLaw, ReviewRoute, StudyLaw
from xueshi.web.look import saying


def glued(parts: Sequence[str]) -> str:
    """Sentences one after the other, as the language of the page sets them."""
    return (" " if saying.in_english() else "").join(part for part in parts if part)


def price(fee: FeeLaw | None) -> str:
    """What the notice charges, in one sentence."""
    if fee is None:
        return _("通知没有规定收费。")
    if fee.free:
        return _("不收费，选好课就开通。")
    if fee.by_schedule:
        return _("通知没有写价格，按主管部门定的标准收，金额写在课程上。")
    if fee.per_hour is not None:
        return _("每学时 %(amount)s。") % {"amount": saying.yuan(fee.per_hour)}
    if fee.package_price is not None:
        facts = {"hours": saying.hours(fee.package_hours), "amount": saying.yuan(fee.package_price)}
        return _("%(hours)s 学时共 %(amount)s。") % facts
    return _("每人每年 %(amount)s。") % {"amount": saying.yuan(fee.amount)}


def paying(public: FeeLaw | None, professional: FeeLaw | None, steps: Sequence[EnrolmentLaw]) -> str:
    """How much, where, and what opens the course by it (CQ-06 to CQ-08, CQ-22)."""
    counters = any(step.counters for step in steps)
    online = any(step.step == "pay" and step.paid == "online" for step in steps)
    if public and public.per == "person_year" and public.covers and counters and online:
        amount = {"amount": saying.yuan(public.amount)}
        return (
            _("每人每年 %(amount)s，学习、练习和考试都在内。到窗口缴，由窗口核对资料后开通；网上缴，到账就自动开通。")
            % amount
        )
    said = [price(public)]
    if professional and (public is None or professional.provision != public.provision):
        said = [_("公需科目：%(price)s") % {"price": price(public)}]
        said.append(_("专业科目：%(price)s") % {"price": price(professional)})
    if not any(fee and not fee.free for fee in (public, professional)):
        return glued(said)
    ways = [_("到窗口缴，由窗口核对资料后开通。") if counters else "", _("网上缴，到账就自动开通。") if online else ""]
    if not counters and not online:
        ways = [_("通知没有写怎样缴；在平台上网上缴，到账就自动开通。")]
    return glued([*said, *ways])


def studying(study: StudyLaw | None, exam: ExamLaw | None) -> str:
    """What shows that somebody studied (CQ-09), and practice (CQ-10)."""
    evidence = study.evidence if study else ()
    if "downloaded" in evidence and exam and exam.practice == "unlimited":
        return _("在线看课，或者下载课件学。模拟练习不限次数，不计成绩。")
    said = _("在线看课。")
    if "downloaded" in evidence:
        said = _("在线看课，或者下载课件学。")
    elif "timed" in evidence:
        said = _("在线看课，系统自动计时。")
    elif evidence:
        said = _("通知要求到班参加面授；平台上的课供自学。")
    return glued([said, _("模拟练习不限次数，不计成绩。")])


def sitting(exam: ExamLaw | None, *, freed: bool) -> str:
    """When one sits, how often, and what an interruption does (CQ-11 to CQ-16)."""
    if exam and exam.attempts and exam.resume and exam.make_up is None:
        whole = _("学完后在规定时间内考。共有 %(attempts)s 次机会；断线了，换一台机器登录接着考，时间照走。")
        return whole % {"attempts": exam.attempts}
    opens = {"study": _("学完后在规定时间内考。"), "all_courses": _("这一年选的课都学完后再考。")}
    said = [opens.get(exam.opens_after if exam else "", _("在规定时间内考。"))]
    if exam and exam.attempts:
        said.append(_("共有 %(attempts)s 次机会。") % {"attempts": exam.attempts})
    if exam and exam.make_up and exam.make_up.attempts is None:
        said.append(_("不合格可以自己补考，次数不限。"))
    elif exam and exam.make_up:
        said.append(_("不合格可以补考 %(n)s 次。") % {"n": exam.make_up.attempts})
    if exam and exam.resume:
        said.append(_("断线了，换一台机器登录接着考，时间照走。"))
    if freed:
        said.append(_("通知列明的人可以不考，学完就够。"))
    return glued(said)


def printing(*, other: bool) -> str:
    """The slip (CQ-17); `other`: the notice knows a certificate of another name."""
    said = _("考试合格后，自己在网页上打印。")
    return glued([said, _("通知要的证书见下面的原文。")]) if other else said


def verifying(routes: Sequence[ReviewRoute], award: Award | None) -> str:
    """Who verifies (CQ-33 to CQ-36), and the hours that follow (CQ-32)."""
    hours = saying.hours(award.hours if award else Decimal(0))
    alone = all(len(route.first) < 2 and not route.then for route in routes)
    if routes and alone and award:
        said = _("送给该审的单位，平台按您的单位和档案算出是哪一家。审过后，单位确认 %(hours)s 学时。")
        return said % {"hours": hours}
    said = _("通知没有写由谁审验。")
    if routes:
        said = _("送给通知写明的部门审验，见下面的原文。")
    if any(route.then for route in routes):
        said = _("按通知先后由两处审核，见下面的原文。")
    counted = _("审过后，单位确认 %(hours)s 学时。") % {"hours": hours} if award else _("学时按通知折算。")
    return glued([said, counted])
