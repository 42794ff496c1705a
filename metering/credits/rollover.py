"""What survives the end of a period. Pure: plain values in, plain values out."""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What the rollover percentage is taken of."""

    UNUSED = "unused"
    ALLOWANCE = "allowance"


@dataclass(frozen=True, slots=True)
class RolloverPolicy:
    """
    How much of an unused allowance is granted again after the period ends.

    `percent` of the basis rolls over, never more than what is unused; `cap_percent` of the
    allowance bounds the rolled pool (None: unbounded); what rolled over lasts `term_periods`
    months (None: for ever) and rolls again only if `rerolls`.
    """

    basis: Basis
    percent: int
    cap_percent: int | None = None
    term_periods: int | None = None
    rerolls: bool = False

    def __post_init__(self) -> None:
        assert 1 <= self.percent <= 100, self.percent

    def sentence(self, *, unit_plural: str) -> str:
        """Answer “Do my credits expire?” in plain words, from the policy itself."""
        what = f"{self.percent} % of unused {unit_plural}"
        if self.basis is Basis.ALLOWANCE:
            what = f"Unused {unit_plural}, up to {self.percent} % of the allowance,"
        if self.term_periods is None:
            how_long = "roll over and never expire"
        elif self.term_periods == 1:
            how_long = "roll over for one month"
        else:
            how_long = f"roll over for {self.term_periods} months"
        bound = ""
        if self.cap_percent is not None:
            bound = f", up to {self.cap_percent} % of the monthly allowance in total"
        again = "" if self.term_periods is None or self.rerolls else ", once"
        return f"{what} {how_long}{again}{bound}; the rest expires at the monthly reset."


def expiry_sentence(policy: RolloverPolicy | None, *, unit_plural: str) -> str:
    """Answer “Do my credits expire?” for a plan with or without rollover."""
    if policy is None:
        return f"Unused {unit_plural} expire at the monthly reset; nothing rolls over."
    return policy.sentence(unit_plural=unit_plural)
