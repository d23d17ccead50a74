"""A roll leaves the house, as a file or on paper; and the filters that somebody keeps for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people.models import Person, SavedFilter
from xueshi.people.roll_queries import Filters
from xueshi.people.viewer import Viewer

MOST_FILTERS = 20


class TooManyFilters(Refused):
    """A page with more names than one can choose from helps nobody."""

    code = "too-many-filters"
    sentence = _("一个页面最多存 20 个常用筛选。")
    next_step = _("请先移除不再用的，再存新的。")


class NothingToKeep(Refused):
    """A filter without a name, or one that narrows nothing."""

    status = 422
    code = "nothing-to-keep"
    sentence = _("请先选好筛选条件，再起个名字。")
    next_step = _("要找的姓名和证件号不会存进常用筛选。")


@transaction.atomic(durable=True)
def note_export(*, viewer: Viewer, people: int, kind: str, filters: Filters, searched: bool, at: datetime) -> None:
    """Record who took how many people away, as what; what was searched for is not kept, only that it was."""
    audit.record(
        viewer, "person.export", f"person:{viewer.person_id}", at=at,
        people=people, kind=kind, filters=filters.query, searched=searched,
    )  # fmt: skip


@transaction.atomic(durable=True)
def keep_filter(*, viewer: Viewer, page: str, name: str, filters: Filters, at: datetime) -> SavedFilter:
    """Keep a filter under a name; the same name again means this one from now on.

    Raises NothingToKeep, TooManyFilters. Locks the viewer's person.
    """
    called = " ".join(name.replace("\0", " ").split())[:40]
    if not called or not filters.query:
        raise NothingToKeep()
    Person.objects.select_for_update(of=("self",)).get(pk=viewer.person_id)
    mine = SavedFilter.objects.filter(person_id=viewer.person_id, page=page)
    if not mine.filter(name=called).exists() and mine.count() >= MOST_FILTERS:
        raise TooManyFilters()
    kept, _new = SavedFilter.objects.update_or_create(
        person_id=viewer.person_id, page=page, name=called, defaults={"query": filters.query, "kept_at": at}
    )
    audit.record(viewer, "filter.keep", f"person:{viewer.person_id}", at=at, page=page, filters=filters.query)
    return kept


@transaction.atomic(durable=True)
def remove_filter(*, viewer: Viewer, page: str, filter_id: int, at: datetime) -> None:
    """Remove a filter of one's own; raises NotYours for any other."""
    Person.objects.select_for_update(of=("self",)).get(pk=viewer.person_id)
    gone, _by_table = SavedFilter.objects.filter(person_id=viewer.person_id, page=page, pk=filter_id).delete()
    if not gone:
        raise NotYours()
    audit.record(viewer, "filter.remove", f"person:{viewer.person_id}", at=at, page=page)
