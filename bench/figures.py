"""A figure: what was measured, beside what, and whether it meets its aim."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value. `aim` is the largest allowed value (or smallest, with `at_least`)."""

    name: str
    value: float
    unit: str
    beside: str  # what it stands beside: a limit, a peer in the same run
    limit: float  # the value of that, in the same unit
    at_least: bool = False

    @property
    def ratio(self) -> float:
        return self.value / self.limit if self.limit else 0.0

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def aim(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g} {self.unit}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as aligned text."""
    rows = [("figure", "value", "beside", "ratio", "aim", "met")]
    rows += [
        (f.name, f"{f.value:.4g} {f.unit}", f.beside, f"{f.ratio:.2f}", f.aim, "yes" if f.met else "NO")
        for f in figures
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def write(figures: Iterable[Figure], path: Path) -> None:
    """Write them as JSON: name, value, unit, beside, ratio, aim, met."""
    facts = [asdict(f) | {"ratio": round(f.ratio, 4), "aim": f.aim, "met": f.met} for f in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf8")
