"""The house stands at all."""

import os
import subprocess
import sys
from pathlib import Path

from django.test import Client

from tools import assets


def test_the_house_is_alive(db: None) -> None:
    assert Client().get("/healthz").content == b"ok\n"


def test_the_cast_can_be_made(wang, cashier, verifier, clerk, operator, plan, viewer) -> None:
    assert viewer(cashier, "counter").holds("counter")
    assert plan.exam.bank.title == "题库（示例）"


def test_what_the_browser_needs_is_found_wherever_the_house_keeps_its_own_files(tmp_path: Path) -> None:
    """`make assets` builds beside the code; XUESHI_VAR may be anywhere."""
    asks = "from django.conf import settings; print(*settings.STATICFILES_DIRS)"
    here = os.environ | {"XUESHI_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    said = subprocess.run([sys.executable, "-c", asks], env=here, capture_output=True, text=True, check=True)
    assert Path(said.stdout.strip()) == assets.VENDOR.parent
