"""Copy the README's pictures from what the journeys last photographed (var/pictures) into docs/pictures."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TAKEN, SHOWN = ROOT / "var" / "pictures", ROOT / "docs" / "pictures"
NAMES = ("learner-home", "lesson", "exam", "counter", "check")


def main() -> None:
    SHOWN.mkdir(exist_ok=True)
    for name in NAMES:
        shutil.copy(TAKEN / f"{name}-1280.png", SHOWN / f"{name}.png")


if __name__ == "__main__":
    main()
