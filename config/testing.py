"""A pytest plugin, loaded before the settings: gives the suite its own PostgreSQL with fsync off.

With DATABASE_URL set (any PostgreSQL 15 or newer) the suite runs there instead.
"""

import os
from pathlib import Path
from typing import Any

from xueshi.kernel import database

VAR = Path(__file__).resolve().parent.parent / "var"

os.environ.setdefault("XUESHI_ENV", "test")
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = database.ensure(VAR / "pgtest", tuning=database.TEST_TUNING)
(VAR / "static").mkdir(parents=True, exist_ok=True)
(VAR / "assets").mkdir(parents=True, exist_ok=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What a test has to say for itself (`record_property("said", …)`), also where several processes ran."""
    reports = [
        report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")
    ]
    for said in sorted({words for report in reports for key, words in report.user_properties if key == "said"}):
        terminalreporter.write_line(f"· {said}")
