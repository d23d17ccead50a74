"""The whole population as columns, ready to be judged: read from files, not from the database.

`open()` is as fresh as the last refresh (`snapshot_actions.refresh`, which a job calls every five minutes); with a
moment, it is what was known then, if that was kept (`snapshot_actions.build(as_of=…)`).
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.utils.translation import gettext_lazy as _

from xueshi.kernel.errors import Refused
from xueshi.ledger import snapshot_reading as reading
from xueshi.ledger.snapshot_files import Folder, Manifest
from xueshi.policy.columns.layout import Layout


class NoSnapshot(Refused):
    """Nothing has been drawn yet, or not of that moment: better no table than an empty one."""

    status = 503
    code = "no-snapshot"
    sentence = _("全员快照还没有生成，暂时不能统计。")
    next_step = _("平台每五分钟自动更新一次；一直没有时，请联系平台管理员运行 manage.py snapshot。")


def manifest(as_of: datetime | None = None) -> Manifest:
    """What the snapshot stands for: moment, watermark, files, layout. Raises NoSnapshot."""
    found = _folder(as_of).manifest()
    if found is None:
        raise NoSnapshot()
    return found


def open(as_of: datetime | None = None) -> tuple[pl.LazyFrame, Layout]:
    """Everybody's row and what the columns mean: the newest state, or what was known at a moment that was kept.

    The rows are read when the frame is collected, and only the columns that are asked for. Raises NoSnapshot.
    """
    found = manifest(as_of)
    return _folder(as_of).frame(found, reading.spoken().words), found.layout


def _folder(as_of: datetime | None) -> Folder:
    return Folder.current() if as_of is None else Folder.of(as_of)
