"""The two trees: regions by GB/T 2260, industries by GB/T 4754. Codes stay; names may change."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.people import access, rules_organisations
from xueshi.people.models import Industry, Post, Region
from xueshi.people.viewer import Viewer


class RegionTaken(Refused):
    code = "region-taken"
    sentence = _("代码 %(code)s 已经是 %(name)s 的。")
    next_step = _("请核对行政区划代码；要改名称，请在列表里点那个地区。")


class NotBelow(Refused):
    code = "region-not-below"
    sentence = _("下级地区的代码要以上级的代码 %(parent)s 开头。")


class NotARegionCode(Refused):
    status = 422
    code = "not-a-region-code"
    sentence = _("%(typed)s 不是行政区划代码。")
    next_step = _("省 2 位，市 4 位，区县和开发区 6 位，乡镇 9 位，村 12 位。")


class RegionAbove(Refused):
    """The own region is named and placed by the level above."""

    status = 403
    code = "region-above"
    sentence = _("您能添加和改名的，是本地区以下的地区。")
    next_step = _("本地区的名称由上级或平台管理员维护。")


class NotAnIndustryCode(Refused):
    status = 422
    code = "not-an-industry-code"
    sentence = _("%(typed)s 不是行业代码。")
    next_step = _("一个门类字母（A 到 T），后面接这个门类里的 2 到 4 位数字，例如教育是 P83。")


class IndustryTaken(Refused):
    code = "industry-taken"
    sentence = _("代码 %(code)s 已经是“%(name)s”的。")
    next_step = _("请核对行业代码；要改名称，请打开那个行业。")


class IndustryNotBelow(Refused):
    code = "industry-not-below"
    sentence = _("要先有上级 %(parent)s，才能添加 %(code)s。")


def _arranges(viewer: Viewer, code: str) -> None:
    """Operators everywhere; an officer strictly below the region of the own bureau."""
    if viewer.capacity == Post.Role.OPERATOR:
        return
    if viewer.capacity != Post.Role.OFFICER:
        raise NotAllowed()
    if not any(rules_organisations.lies_below(code, seat.region) for seat in viewer.acting):
        raise RegionAbove()


@transaction.atomic(durable=True)
def add_region(*, viewer: Viewer, code: str, name: str, parent_id: int | None, at: datetime) -> Region:
    """Add a region below its parent; the same code and name again changes nothing. A zone is a region like another.

    Without a parent it hangs below the nearest region that is there, or stands on top.
    """
    if not rules_organisations.is_region_code(code):
        raise NotARegionCode(typed=code)
    parent = Region.objects.filter(pk=parent_id).first() if parent_id else _nearest(code)
    _arranges(viewer, code)
    known = Region.objects.filter(code=code).exists()
    if not known and parent and not rules_organisations.lies_below(code, parent.code):
        raise NotBelow(parent=parent.code)
    region, made = Region.objects.get_or_create(code=code, defaults={"name": name, "parent": parent})
    if made:
        audit.record(viewer, "people.add_region", f"region:{region.pk}", at=at, code=code, name=name)
    elif region.name != name:
        raise RegionTaken(code=code, name=region.name)
    return region


def _nearest(code: str) -> Region | None:
    """The region around a code that is nearest to it."""
    around = [code[:places] for places in rules_organisations.REGION_LENGTHS if places < len(code)]
    return Region.objects.filter(code__in=around).order_by("-code").first()


@transaction.atomic(durable=True)
def rename_region(*, viewer: Viewer, region_id: int, name: str, at: datetime) -> Region:
    """Give a region another name; raises NotYours for one out of reach, RegionAbove for an officer's own."""
    region = access.regions(viewer).select_for_update().filter(pk=region_id).first()
    if region is None:
        raise NotYours()
    _arranges(viewer, region.code)
    if region.name != name:
        audit.record(viewer, "people.rename_region", f"region:{region.pk}", at=at, before=region.name, after=name)
        region.name = name
        region.save(update_fields=["name"])
    return region


@transaction.atomic(durable=True)
def add_industry(*, viewer: Viewer, code: str, name: str, at: datetime) -> Industry:
    """Add an industry below the one whose code begins its own; the same again changes nothing. Operators only."""
    if viewer.capacity != Post.Role.OPERATOR:
        raise NotAllowed()
    kept = rules_organisations.industry_code(code)
    if not kept:
        raise NotAnIndustryCode(typed=code)
    parent = None
    if len(kept) > 1:
        above = kept[0] if len(kept) == 3 else kept[:-1]
        parent = Industry.objects.filter(code=above).first()
        if parent is None:
            raise IndustryNotBelow(parent=above, code=kept)
    industry, made = Industry.objects.get_or_create(code=kept, defaults={"name": name, "parent": parent})
    if made:
        audit.record(viewer, "people.add_industry", f"industry:{industry.pk}", at=at, code=kept, name=name)
    elif industry.name != name:
        raise IndustryTaken(code=kept, name=industry.name)
    return industry


@transaction.atomic(durable=True)
def rename_industry(*, viewer: Viewer, industry_id: int, name: str, at: datetime) -> Industry:
    """Give an industry another name."""
    if viewer.capacity != Post.Role.OPERATOR:
        raise NotAllowed()
    industry = Industry.objects.select_for_update().filter(pk=industry_id).first()
    if industry is None:
        raise NotYours()
    if industry.name != name:
        before = industry.name
        audit.record(viewer, "people.rename_industry", f"industry:{industry.pk}", at=at, before=before, after=name)
        industry.name = name
        industry.save(update_fields=["name"])
    return industry
