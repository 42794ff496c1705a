"""Outcomes: how many there were, where each stands, and what it costs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from billing.choices import DisputeStatus, OutcomeCharge, OutcomeStatus
from billing.models import Agreement, Outcome, OutcomeDispute
from billing.outcomes.charging import map_charges
from billing.outcomes.queries import (
    OutcomeCounts,
    count_outcomes,
    list_outcomes,
    map_disputes,
)
from billing.usage.queries import FeatureBalance, list_balances_under
from config.kernel.periods import Period

from ...formatting import credits_text
from ..access import Visit

ON_A_PAGE: Final = 25
_BADGES: Final = {
    OutcomeStatus.PENDING: "",
    OutcomeStatus.CONFIRMED: "accent",
    OutcomeStatus.REVERSED: "warn",
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of outcome in the period; `price` says what one costs, to those who may see it."""

    name: str
    about: str
    confirmed: int
    pending: int
    reversed: int
    price: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """An outcome in the list, and what it costs in words."""

    outcome: Outcome
    status: str
    badge: str
    charge: str
    dispute: str


@dataclass(frozen=True, slots=True)
class OutcomesPage:
    """The kinds of outcomes in the period, and a page of the list."""

    kinds: tuple[KindRow, ...]
    period: Period
    rows: tuple[OutcomeRow, ...]
    older: str
    is_newest: bool
    may_see_amounts: bool
    zone: str


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """One outcome; `evidence` is what the app reported of it, as text."""

    row: OutcomeRow
    dispute: OutcomeDispute | None
    evidence: str
    may_dispute: bool
    reversible_until: datetime | None
    zone: str


def present_outcomes(
    visit: Visit, *, agreement: Agreement | None, after: Outcome | None
) -> OutcomesPage:
    """Read the kinds in the current period, and the outcomes after one of them or the newest."""
    organization = visit.organization
    balances = [] if agreement is None else list_balances_under(agreement=agreement, now=visit.now)
    by_feature = {balance.feature: balance for balance in balances}
    period = _period(balances, now=visit.now)
    counts = count_outcomes(
        organization=organization,
        since=period.starts_at,
        until=period.ends_at,
        features=by_feature.keys(),
    )
    found = list_outcomes(organization=organization, limit=ON_A_PAGE + 1, after=after)
    shown = found[:ON_A_PAGE]
    older = "?" + urlencode({"after": shown[-1].public_id}) if len(found) > ON_A_PAGE else ""
    may_see = visit.may(Permission.VIEW_BILLING)
    return OutcomesPage(
        kinds=tuple(_kind(item, by_feature, may_see=may_see) for item in counts),
        period=period,
        rows=_rows(visit, shown),
        older=older,
        is_newest=after is None,
        may_see_amounts=may_see,
        zone=organization.time_zone,
    )


def present_outcome(visit: Visit, outcome: Outcome) -> OutcomePage:
    """Read one outcome with what is said against it."""
    disputes = map_disputes(organization=visit.organization, outcomes=[outcome])
    dispute = disputes.get(outcome.pk)
    [row] = _rows(visit, [outcome])
    return OutcomePage(
        row=row,
        dispute=dispute,
        evidence=json.dumps(outcome.evidence, indent=2, ensure_ascii=False)
        if outcome.evidence
        else "",
        may_dispute=dispute is None
        and outcome.is_reversible(at=visit.now)
        and visit.may(Permission.MANAGE_BILLING),
        reversible_until=outcome.reversible_until,
        zone=visit.organization.time_zone,
    )


def _period(balances: list[FeatureBalance], *, now: datetime) -> Period:
    """The current usage period; without one, the last thirty days."""
    for balance in balances:
        if balance.period_starts_at is not None and balance.resets_at is not None:
            return Period(balance.period_starts_at, balance.resets_at)
    return Period(now - timedelta(days=30), now)


def _kind(
    counts: OutcomeCounts, by_feature: dict[str, FeatureBalance], *, may_see: bool
) -> KindRow:
    meter = counts.definition.meter
    balance = None if meter is None else by_feature.get(meter.code)
    return KindRow(
        name=counts.definition.name,
        about=counts.definition.description,
        confirmed=counts.confirmed,
        pending=counts.pending,
        reversed=counts.reversed,
        price=_price(balance, may_see=may_see),
    )


def _price(balance: FeatureBalance | None, *, may_see: bool) -> str:
    if balance is None:
        return _("Not charged")
    if balance.overage_pricing is None or not may_see:
        return _("Part of your plan")
    if not balance.allowance:
        return balance.overage_sentence
    included = credits_text(balance.allowance)
    return _("%(included)s included, then %(price)s") % {
        "included": included,
        "price": balance.overage_sentence,
    }


def _rows(visit: Visit, outcomes: Sequence[Outcome]) -> tuple[OutcomeRow, ...]:
    charges = map_charges(organization_id=visit.organization.pk, outcomes=outcomes)
    disputes = map_disputes(organization=visit.organization, outcomes=outcomes)
    return tuple(
        OutcomeRow(
            outcome=outcome,
            status=str(OutcomeStatus(outcome.status).label),
            badge=_BADGES[OutcomeStatus(outcome.status)],
            charge=str(OutcomeCharge(charges[outcome.pk]).label),
            dispute=_dispute_words(disputes.get(outcome.pk)),
        )
        for outcome in outcomes
    )


def _dispute_words(dispute: OutcomeDispute | None) -> str:
    if dispute is None:
        return ""
    return {
        DisputeStatus.OPEN: _("Disputed"),
        DisputeStatus.UPHELD: _("Dispute upheld"),
        DisputeStatus.REJECTED: _("Dispute rejected"),
    }[DisputeStatus(dispute.status)]
