"""The demo's authenticator shows what a real one would."""

import json
from pathlib import Path

import httpx
import pytest

from sandbox import authenticator
from sandbox.server import Sandbox

# RFC 6238, appendix B: the SHA-1 key and the last six of each eight digits.
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    assert authenticator.code(KEY, moment) == code


def test_the_page_shows_a_code_for_each_member_of_staff_and_none_before(tmp_path: Path) -> None:
    with Sandbox(state_dir=tmp_path) as sandbox:
        assert "还没有" in httpx.get(f"{sandbox.url}/codes").text
        line = {"name": "示例窗口", "role": "缴费窗口", "number": "500199198003079013", "secret": KEY}
        (tmp_path / "authenticator.json").write_text(json.dumps([line]), encoding="utf8")
        (found,) = httpx.get(f"{sandbox.url}/codes.json").json()
        assert found["name"] == "示例窗口"
        assert len(found["code"]) == 6
        assert 0 < found["seconds_left"] <= 30
        assert "示例窗口" in httpx.get(f"{sandbox.url}/codes").text
