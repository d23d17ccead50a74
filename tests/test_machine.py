"""How the house is plugged into a machine: a wrong setting stops the start, in words."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import checks, serve
from xueshi.kernel import database

ROOT = Path(__file__).resolve().parent.parent


def settings_say(**environment: str) -> str:
    """What reading the settings in a fresh process says."""
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr


def test_the_settings_are_read_without_a_word():
    assert settings_say() == ""


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("XUESHI_ENV", "prod", "it must be one of: demo, test, production"),
        ("XUESHI_DEBUG", "true", "it must be one of: yes, no"),
        ("XUESHI_PORT", "eighty", "it must be a whole number"),
        ("DATABASE_URL", "sqlite:///x.db", "must begin with postgresql://"),
    ],
)
def test_a_surprising_value_is_refused_with_what_to_write_instead(name, value, says):
    assert says in settings_say(**{name: value})


def test_production_refuses_what_belongs_to_a_demo(settings):
    settings.ENV = "production"
    settings.SECRET_KEY = settings.DEVELOPMENT_KEY
    settings.SITE_URL = "http://127.0.0.1:8000"
    settings.DEBUG = True
    found = {problem.id for problem in checks.production_is_not_a_demo(None)}
    assert found == {"xueshi.E001", "xueshi.E002", "xueshi.E003", "xueshi.E004"}


def test_production_with_its_own_keys_and_addresses_passes(settings):
    settings.ENV = "production"
    settings.SECRET_KEY = "x" * 64
    settings.SITE_URL = "https://study.example.test"
    settings.DEBUG = False
    settings.ALIPAY_GATEWAY = "https://pay.example.test/gateway.do"
    settings.SMS_ENDPOINT = "https://sms.example.test/"
    assert checks.production_is_not_a_demo(None) == []


def test_a_taken_port_is_named_before_anything_is_touched(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setattr(serve, "PORT", port)
        with pytest.raises(SystemExit, match=f"Port {port} is taken"):
            serve.refuse_if_busy()


def test_a_database_url_keeps_its_socket_and_its_password():
    found = database.settings_from("postgresql://city:p%40ss@/xueshi?host=/run/postgresql")
    assert (found["HOST"], found["USER"], found["PASSWORD"], found["NAME"]) == (
        "/run/postgresql",
        "city",
        "p@ss",
        "xueshi",
    )
