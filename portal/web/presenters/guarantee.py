"""The no-increase guarantee in figures: what was promised, each month on both terms."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.repricing.guarantees.queries import GuaranteedMonth, GuaranteeView, list_guarantees
from config.kernel.money import Money

from ..access import Visit


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month on both terms; `difference` is without a sign, `is_dearer` says which way."""

    month: GuaranteedMonth
    difference: Money
    is_dearer: bool

    @property
    def is_same(self) -> bool:
        """Whether both terms come to the same."""
        return not self.difference.minor


@dataclass(frozen=True, slots=True)
class GuaranteePart:
    """
    One guarantee: `promise` says what was promised, `latest` is the last compared month.

    `before` and `now` are sums of the months so far; `together` is what they differ by.
    """

    guarantee: GuaranteeView
    promise: str
    latest: MonthRow | None
    rows: tuple[MonthRow, ...]
    before: Money
    now: Money
    together: Money
    is_dearer_together: bool


@dataclass(frozen=True, slots=True)
class GuaranteePage:
    """Every guarantee of the organization, the newest first."""

    parts: tuple[GuaranteePart, ...]
    zone: str


def present_guarantees(visit: Visit) -> GuaranteePage:
    """Read every guarantee with its months."""
    parts = tuple(_part(view) for view in list_guarantees(organization=visit.organization))
    return GuaranteePage(parts=parts, zone=visit.organization.time_zone)


def _part(view: GuaranteeView) -> GuaranteePart:
    nothing = Money(0, view.currency)
    rows = tuple(_row(month) for month in view.months)
    compared = [row for row in rows if row.month.is_compared]
    return GuaranteePart(
        guarantee=view,
        promise=_promise(view),
        latest=compared[-1] if compared else None,
        rows=rows,
        before=sum((month.before for month in view.months), nothing),
        now=sum((month.now for month in view.months), nothing),
        together=Money(abs(view.increase), view.currency),
        is_dearer_together=view.increase > 0,
    )


def _row(month: GuaranteedMonth) -> MonthRow:
    increase = month.now.minor - month.before.minor
    return MonthRow(month, Money(abs(increase), month.now.currency), is_dearer=increase > 0)


def _promise(view: GuaranteeView) -> str:
    names = {"months": view.lasts, "old": view.old_plan, "new": view.new_plan}
    if view.is_together:
        return (
            ngettext(
                "For %(months)s month, %(new)s costs you no more than %(old)s would have. "
                "If it does, the difference is given back when the month is over.",
                "For %(months)s months, %(new)s costs you no more than %(old)s would have, "
                "all months together. If it does, the difference is given back after the last.",
                view.lasts,
            )
            % names
        )
    first = ngettext(
        "For %(months)s month, %(new)s costs you no more than %(old)s would have.",
        "For %(months)s months, %(new)s costs you no more in any month than %(old)s would have.",
        view.lasts,
    )
    more = _("What a month costs more is given back.")
    return f"{first % names} {more}"
