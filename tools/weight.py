"""How much a first visit weighs, file by file, brotli-compressed as it is served."""

import sys

import brotli  # type: ignore[import-untyped]

from tools import assets

MOST = 80 * 1024  # bytes on a first visit, the page included
OWN = assets.LOOK / "static" / "look"


def parts(tabler: bytes, icons: bytes) -> dict[str, int]:
    """The bytes on the wire of everything that a first page asks for, without the page."""
    files = {
        "tabler.css": tabler,
        "theme.css": (OWN / "theme.css").read_bytes(),
        "xueshi.js": (OWN / "xueshi.js").read_bytes(),
        "htmx.js": assets.COPIED["htmx.js"].read_bytes(),
        "icons.svg": icons,
    }
    return {name: len(brotli.compress(content)) for name, content in files.items()}


def main() -> int:
    """Print the table; fail when it is more than the budget without any page."""
    built = {name: (assets.VENDOR / name).read_bytes() for name in ("tabler.css", "icons.svg")}
    found = parts(built["tabler.css"], built["icons.svg"])
    for name, size in found.items():
        print(f"{name:12} {size / 1024:6.1f} KB")
    print(f"{'together':12} {sum(found.values()) / 1024:6.1f} KB of {MOST / 1024:.0f}")
    return int(sum(found.values()) > MOST)


if __name__ == "__main__":
    sys.exit(main())
