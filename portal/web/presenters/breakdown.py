"""What was used by what or by whom: rows that can be sorted, each the way to its ledger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import Organization
from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from metering.queries import By, DayUsage, MeterBooks, UsageSum, summarize_usage

from ...usage_forms import WITHOUT
from .daily import ActionTotal, action_label
from .usage_filter import UsageFilter

# More rows than this are a list to download, not to read.
MOST_ROWS: Final = 100
_LEDGER_PART: Final = {By.ACTION: "action", By.MEMBER: "member", By.API_KEY: "key"}


@dataclass(frozen=True, slots=True)
class _Part:
    """
    One action, member or key, and how an address asks for it. `series` is the colour of an action
    in the chart, else 0.
    """

    asked: str
    name: str
    series: int
    quantity: Decimal
    credits: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One part, its share of all, and the way to its ledger."""

    part: _Part
    share: Decimal
    ledger_url: str


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the address that sorts by it, and how the rows are sorted by it: "" if not."""

    code: str
    label: str
    url: str
    order: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to break usage down."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Usage of a period by action, member or key; `left_out` rows are not shown."""

    by: str
    title: str
    tabs: tuple[Tab, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    left_out: int


def summarize_actions(rows: Iterable[DayUsage], names: Mapping[str, str]) -> list[ActionTotal]:
    """Add up days by action, the most credits first."""
    totals: dict[str | None, ActionTotal] = {}
    for row in rows:
        name = action_label(row.action, names.get(row.action or ""))
        so_far = totals.get(row.action, ActionTotal(row.action, name, ZERO, ZERO, 0))
        totals[row.action] = replace(
            so_far,
            quantity=so_far.quantity + row.quantity,
            credits=so_far.credits + row.credits,
            event_count=so_far.event_count + row.event_count,
        )
    return sorted(totals.values(), key=lambda total: (-total.credits, total.action or ""))


def present_breakdown(
    organization: Organization,
    *,
    meter_id: int,
    period: Period,
    actions: Sequence[ActionTotal],
    series: Mapping[str | None, int],
    wanted: UsageFilter,
    period_key: str,
    books: MeterBooks,
) -> Breakdown:
    """Break a period down as the address asks; the actions of the period are known already."""
    by = By(wanted.by) if wanted.by else By.ACTION
    if by is By.ACTION:
        parts = [_part_of_action(total, series[total.action]) for total in actions]
    else:
        sums = summarize_usage(
            organization_id=organization.pk,
            meter_id=meter_id,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            by=by,
            books=books,
        )
        parts = [_part_of_caller(by, one) for one in sums]
    total = sum((part.credits for part in parts), ZERO)

    def row(part: _Part) -> Row:
        url = wanted.without_ledger(period=period_key, **{_LEDGER_PART[by]: part.asked})
        return Row(part, part.credits / total if total else ZERO, f"{url}#ledger")

    return Breakdown(
        by=by,
        title=_titles()[by],
        tabs=_tabs(by, wanted),
        columns=_columns(by, wanted),
        rows=tuple(row(part) for part in _sorted(parts, wanted.sort)[:MOST_ROWS]),
        left_out=max(len(parts) - MOST_ROWS, 0),
    )


def _part_of_action(total: ActionTotal, series: int) -> _Part:
    return _Part(
        asked=total.action or WITHOUT,
        name=total.name,
        series=series,
        quantity=total.quantity,
        credits=total.credits,
        event_count=total.event_count,
    )


def _part_of_caller(by: By, one: UsageSum) -> _Part:
    nameless = _("Without a member") if by is By.MEMBER else _("By no key of yours")
    return _Part(
        asked=str(one.key or WITHOUT),
        name=one.name or str(one.key or nameless),
        series=0,
        quantity=one.quantity,
        credits=one.credits,
        event_count=one.event_count,
    )


_SORTED_BY: Final[Mapping[str, Callable[[_Part], Any]]] = {
    "name": lambda part: part.name.casefold(),
    "quantity": lambda part: part.quantity,
    "credits": lambda part: part.credits,
    "events": lambda part: part.event_count,
}


def _sorted(parts: Sequence[_Part], sort: str | None) -> list[_Part]:
    """In the order that is asked for; without one they come with the most credits first."""
    if sort is None:
        return list(parts)
    return sorted(parts, key=_SORTED_BY[sort.removeprefix("-")], reverse=sort.startswith("-"))


def _tabs(by: By, wanted: UsageFilter) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            label,
            wanted.link(by=None if one is By.ACTION else one.value, sort=None) + "#breakdown",
            one is by,
        )
        for one, label in _heads().items()
    )


def _columns(by: By, wanted: UsageFilter) -> tuple[Column, ...]:
    middle = ("quantity", _("Quantity")) if by is By.ACTION else ("events", _("Events"))
    labels = [("name", _heads()[by]), middle, ("credits", "")]
    return tuple(_column(code, label, wanted) for code, label in labels)


def _column(code: str, label: str, wanted: UsageFilter) -> Column:
    """A name is sorted from its first letter, a figure from the largest; the other way next."""
    sort = wanted.sort or "-credits"
    order = {code: "ascending", f"-{code}": "descending"}.get(sort, "")
    first, other = (code, f"-{code}") if code == "name" else (f"-{code}", code)
    return Column(
        code, label, wanted.link(sort=other if sort == first else first) + "#breakdown", order
    )


def _heads() -> dict[By, str]:
    return {By.ACTION: _("Action"), By.MEMBER: _("Member"), By.API_KEY: _("API key")}


def _titles() -> dict[By, str]:
    return {By.ACTION: _("By action"), By.MEMBER: _("By member"), By.API_KEY: _("By API key")}
