"""What the proof ends with."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

COLUMNS = ("acknowledged", "lost", "doubled", "drift", "seconds")


@dataclass
class Figures:
    """
    The figures of one part of the proof.

    `lost` was acknowledged and is not in the books, `doubled` has had its effect twice, `drift`
    is in the books and differs from what was acknowledged or from what the books themselves
    add up to. `findings` says each of these in words, and is empty when they are zero.
    """

    part: str
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    drift: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)
    details: dict[str, object] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, and something was proven."""
        return self.acknowledged > 0 and not (
            self.lost or self.doubled or self.drift or self.findings
        )

    def note_lost(self, finding: str) -> None:
        """Count something that was acknowledged and is not there."""
        self.lost += 1
        self.findings.append(f"lost: {finding}")

    def note_doubled(self, finding: str) -> None:
        """Count something that had its effect more than once."""
        self.doubled += 1
        self.findings.append(f"doubled: {finding}")

    def note_drift(self, finding: str) -> None:
        """Count a difference between the books and what they should say."""
        self.drift += 1
        self.findings.append(f"drift: {finding}")

    def as_json(self) -> str:
        """The figures as one line for machines."""
        return json.dumps(asdict(self), default=str)


def table(every: Sequence[Figures]) -> str:
    """Write the figures of all parts, and their sums, for people."""
    rows = [[figures.part, *_cells(figures)] for figures in every]
    rows.append(["total", *_cells(_total(every))])
    header = ["", *COLUMNS]
    widths = [max(len(row[index]) for row in [header, *rows]) for index in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    )


def _cells(figures: Figures) -> list[str]:
    counts = (figures.acknowledged, figures.lost, figures.doubled, figures.drift)
    return [*(f"{count:,}" for count in counts), f"{figures.seconds:.0f}"]


def _total(every: Sequence[Figures]) -> Figures:
    total = Figures("total")
    for figures in every:
        total.acknowledged += figures.acknowledged
        total.lost += figures.lost
        total.doubled += figures.doubled
        total.drift += figures.drift
        total.seconds += figures.seconds
    return total
