"""Limits: at what people are told of usage, the spend cap, and what was reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from accounts.models import Organization
from billing.choices import CapAction, ThresholdUnit
from billing.limits.crossings import DEFAULT_PERCENTAGES, Limit, LimitKind, limit_of_cap
from billing.limits.queries import (
    CrossingView,
    ThresholdView,
    find_spend_cap,
    list_crossings,
    list_reached,
    list_thresholds,
)
from billing.models import Agreement
from billing.usage.queries import FeatureBalance, list_balances_under
from config.kernel.money import Money
from config.kernel.quantities import EXACT

from ...formatting import credits_text, money_text, percent_text
from ..access import Visit

PAGE = 25

Reached = Mapping[tuple[str | None, Limit], datetime]


@dataclass(frozen=True, slots=True)
class LevelRow:
    """
    A level at which people are told. `note` says more of it, such as what a percentage comes to;
    one that is `is_passed` without having been reached was set too late for this period. `id` is
    there if somebody set the level, and can take it away.
    """

    level: str
    note: str
    reached_at: datetime | None
    is_passed: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class LevelGroup:
    """The levels of one feature, or of money; `now` says where the period stands."""

    key: str
    name: str
    now: str
    rows: tuple[LevelRow, ...]


@dataclass(frozen=True, slots=True)
class CapPart:
    """The spend cap; it `applies` if it is in the plan's currency."""

    amount: Money
    action: CapAction
    applies: bool
    reached_at: datetime | None

    @property
    def stops(self) -> bool:
        """Whether requests that ask first end there."""
        return self.action is CapAction.STOP


@dataclass(frozen=True, slots=True)
class CapWarning:
    """What a cap would do at once; `confirmed` is its amount in minor units."""

    text: str
    confirmed: int


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """
    A limit that was reached: what, of what, and where the total stood then. Some limits are an
    end: of the credits, of what the plan allows, of what may be spent.
    """

    what: str
    of: str
    stood_at: str
    reached_at: datetime
    is_end: bool


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """Everything on the limits page but its forms."""

    zone: str
    currency: str
    period_starts_at: datetime | None
    resets_at: datetime | None
    groups: tuple[LevelGroup, ...]
    choices: tuple[tuple[str, str], ...]
    cap: CapPart | None
    spent: Money
    sells_overage: bool
    history: tuple[HistoryRow, ...]
    older: int | None
    is_newest: bool
    may_see_amounts: bool
    may_manage: bool
    who_may: tuple[str, ...]


def present_limits(visit: Visit, *, agreement: Agreement, before_id: int | None) -> LimitsPage:
    """Read the limits of an organization with a live agreement, as the visitor may see them."""
    organization = visit.organization
    balances = list_balances_under(agreement=agreement, now=visit.now)
    may_manage = visit.may(Permission.MANAGE_BILLING)
    may_see_amounts = visit.may(Permission.VIEW_BILLING)
    starts_at = next((one.period_starts_at for one in balances if one.period_starts_at), None)
    reached = (
        list_reached(organization=organization, period_starts_at=starts_at) if starts_at else {}
    )
    thresholds = list_thresholds(organization=organization)
    spent = _spent(balances, currency=agreement.currency)
    groups = [_feature_group(one, thresholds, reached) for one in balances]
    if may_see_amounts:
        groups += _money_groups(thresholds, reached, spent=spent)
    crossings = list_crossings(organization=organization, before_id=before_id, limit=PAGE + 1)
    return LimitsPage(
        zone=organization.time_zone,
        currency=agreement.currency,
        period_starts_at=starts_at,
        resets_at=next((one.resets_at for one in balances if one.resets_at), None),
        groups=tuple(group for group in groups if group.rows),
        choices=tuple(_choices(balances, currency=agreement.currency)),
        cap=_cap(organization, reached, currency=agreement.currency),
        spent=spent,
        sells_overage=any(one.overage_pricing is not None for one in balances),
        history=tuple(_history(crossings[:PAGE], may_see_amounts=may_see_amounts)),
        older=crossings[PAGE - 1].id if len(crossings) > PAGE else None,
        is_newest=before_id is None,
        may_see_amounts=may_see_amounts,
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(
            list_names_with(organization=organization, permission=Permission.MANAGE_BILLING)
        ),
    )


def is_reached_at_once(page: LimitsPage, amount: Money) -> bool:
    """Whether as much as a cap is spent already; without any overage there is none to stop."""
    return page.spent.minor > 0 and amount.minor <= page.spent.minor


def cap_warning(page: LimitsPage, amount: Money, action: str) -> CapWarning:
    """Say what a cap does that is set below what is spent."""
    named = {"spent": _amount_words(page.spent), "cap": _amount_words(amount)}
    if action == CapAction.STOP:
        text = _(
            "%(spent)s of overage is charged in this period already. With a cap of %(cap)s, "
            "requests that ask first are refused as soon as you save it, until the next period."
        )
    else:
        text = _(
            "%(spent)s of overage is charged in this period already. A cap of %(cap)s is reached "
            "as soon as you save it: it mails once, and nothing is refused."
        )
    return CapWarning(text % named, amount.minor)


def _spent(balances: Sequence[FeatureBalance], *, currency: str) -> Money:
    amounts = (one.overage_amount for one in balances if one.overage_amount is not None)
    return sum(amounts, Money(0, currency))


def _feature_group(
    balance: FeatureBalance, thresholds: Sequence[ThresholdView], reached: Reached
) -> LevelGroup:
    own = [one for one in thresholds if one.feature == balance.feature and one.value is not None]
    levels = [
        (Limit(LimitKind(one.unit), one.value), one.id)
        for one in own
        if one.unit == ThresholdUnit.CREDITS or balance.allowance
    ]
    if balance.allowance:
        levels += [(Limit(LimitKind.PERCENT, percent), "") for percent in DEFAULT_PERCENTAGES]
    rows = (
        LevelRow(
            level=_level_words(limit, balance),
            note=_note_words(limit, balance),
            reached_at=reached.get((balance.feature, limit)),
            is_passed=balance.used >= _quantity(limit, balance),
            id=threshold_id,
        )
        for limit, threshold_id in sorted(levels, key=lambda item: _quantity(item[0], balance))
    )
    return LevelGroup(
        key=balance.feature, name=balance.name, now=_now_words(balance), rows=tuple(rows)
    )


def _money_groups(
    thresholds: Sequence[ThresholdView], reached: Reached, *, spent: Money
) -> Iterator[LevelGroup]:
    rows = tuple(
        LevelRow(
            level=_amount_words(one.amount),
            note=""
            if one.amount.currency == spent.currency
            else _("Your plan is in %(currency)s, so this measures nothing.")
            % {"currency": spent.currency},
            reached_at=reached.get((None, Limit(LimitKind.MONEY, Decimal(one.amount.minor)))),
            is_passed=one.amount.currency == spent.currency and spent.minor >= one.amount.minor,
            id=one.id,
        )
        for one in thresholds
        if one.amount is not None
    )
    now = _("%(amount)s so far, all features together") % {"amount": _amount_words(spent)}
    yield LevelGroup(key="money", name=_("Overage charges"), now=now, rows=rows)


def _quantity(limit: Limit, balance: FeatureBalance) -> Decimal:
    """How much has to be used to reach a limit of a feature."""
    assert limit.value is not None, limit
    if limit.kind is not LimitKind.PERCENT:
        return limit.value
    assert balance.allowance is not None, balance.feature
    return EXACT.multiply(balance.allowance, limit.value).scaleb(-2)


def _level_words(limit: Limit, balance: FeatureBalance) -> str:
    assert limit.value is not None, limit
    if limit.kind is LimitKind.PERCENT:
        return percent_text(limit.value.scaleb(-2))
    return limit_words(limit, units=balance.unit_plural)


def _note_words(limit: Limit, balance: FeatureBalance) -> str:
    if limit.kind is not LimitKind.PERCENT:
        return ""
    return f"{credits_text(_quantity(limit, balance))} {balance.unit_plural}"


def _now_words(balance: FeatureBalance) -> str:
    used = credits_text(balance.used)
    if not balance.allowance:
        return _("%(used)s %(units)s used so far") % {"used": used, "units": balance.unit_plural}
    return _("%(used)s of %(allowance)s %(units)s used, %(share)s") % {
        "used": used,
        "allowance": credits_text(balance.allowance),
        "units": balance.unit_plural,
        "share": percent_text(balance.used / balance.allowance),
    }


def _choices(balances: Sequence[FeatureBalance], *, currency: str) -> Iterator[tuple[str, str]]:
    """What a new level can be measured in."""
    for balance in balances:
        named = {"feature": balance.name, "units": balance.unit_plural}
        if balance.allowance:
            yield f"percent:{balance.feature}", _("%(feature)s: %% of the allowance") % named
        yield f"credits:{balance.feature}", _("%(feature)s: %(units)s used") % named
    if any(balance.overage_pricing is not None for balance in balances):
        yield "money:", _("Overage charges in %(currency)s") % {"currency": currency}


def _cap(organization: Organization, reached: Reached, *, currency: str) -> CapPart | None:
    cap = find_spend_cap(organization=organization)
    if cap is None:
        return None
    return CapPart(
        amount=cap.amount,
        action=cap.action,
        applies=cap.amount.currency == currency,
        reached_at=reached.get((None, limit_of_cap(cap.amount))),
    )


def _history(crossings: Sequence[CrossingView], *, may_see_amounts: bool) -> Iterator[HistoryRow]:
    for crossing in crossings:
        if crossing.charged is None:
            yield _of_feature(crossing)
        elif may_see_amounts:
            yield _of_money(crossing, crossing.charged)


def _of_feature(crossing: CrossingView) -> HistoryRow:
    used, units = crossing.used, crossing.unit_plural
    return HistoryRow(
        what=limit_words(crossing.limit, units=units),
        of=crossing.feature_name,
        stood_at="" if used is None else f"{credits_text(used)} {units}",
        reached_at=crossing.crossed_at,
        is_end=crossing.limit.kind is not LimitKind.PERCENT
        and crossing.limit.kind is not LimitKind.CREDITS,
    )


def _of_money(crossing: CrossingView, charged: Money) -> HistoryRow:
    amount = _amount_words(Money(int(crossing.limit.value or 0), charged.currency))
    is_cap = crossing.limit.kind is LimitKind.SPEND_CAP
    return HistoryRow(
        what=_("Spend cap of %(amount)s") % {"amount": amount} if is_cap else amount,
        of=_("Overage charges"),
        stood_at=_amount_words(charged),
        reached_at=crossing.crossed_at,
        is_end=is_cap,
    )


def _amount_words(amount: Money) -> str:
    """`$50.00 USD`: an amount that stands alone names its currency."""
    return f"{money_text(amount)} {amount.currency}"


def limit_words(limit: Limit, *, units: str) -> str:
    """A limit of a feature, as people say it."""
    value = limit.value if limit.value is not None else Decimal(0)
    match limit.kind:
        case LimitKind.PERCENT:
            share = percent_text(value.scaleb(-2))
            return _("%(share)s of the allowance") % {"share": share}
        case LimitKind.ALLOWANCE:
            return _("Credits ran out")
        case LimitKind.PLAN_LIMIT:
            return _("Limit of the plan")
        case _:
            return _("%(quantity)s %(units)s") % {"quantity": credits_text(value), "units": units}
