"""Find Debian's chromium and the CJK fonts; install them when we may, and say loudly when they are missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("chromium", "fonts-noto-cjk")


def chromium() -> str | None:
    """The browser's path, or None; XUESHI_CHROMIUM goes first."""
    given = os.environ.get("XUESHI_CHROMIUM")
    return given or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def fonts() -> bool:
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def install() -> None:
    """apt-get, when root on Debian; otherwise nothing."""
    if (chromium() and fonts()) or not shutil.which("apt-get"):
        return
    if os.geteuid() != 0:
        return
    print("· installing chromium and fonts-noto-cjk")
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
        check=False,
        **quiet,  # type: ignore[call-overload]
    )


def report() -> None:
    missing = [name for name, there in (("chromium", chromium()), ("fonts-noto-cjk", fonts())) if not there]
    if missing:
        bar = "!" * 78
        print(
            f"{bar}\n! LEFT OUT: the journeys in a browser, because of what is not installed: {', '.join(missing)}\n"
            f"! Install them (Debian: apt-get install {' '.join(missing)}) and run `make journey`.\n{bar}"
        )


if __name__ == "__main__":
    if "--install" in sys.argv:
        install()
    if "--report" in sys.argv:
        report()
