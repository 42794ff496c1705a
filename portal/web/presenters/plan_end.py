"""What ends with a plan, and what stays."""

from dataclasses import dataclass
from datetime import datetime

from billing.agreements.queries import ChangeView
from billing.choices import AgreementStatus, Collection
from billing.models import Agreement
from billing.usage.queries import FeatureBalance, list_balances_under

from ..access import Visit


@dataclass(frozen=True, slots=True)
class EndPage:
    """
    Everything on the page that asks whether a plan is to end.

    `balances` are what can still be used until then, `has_change` whether a change that waits is
    taken back with it, and `charges_overage` whether a last invoice may follow.
    """

    plan: str
    ends_at: datetime
    is_on_trial: bool
    is_free: bool
    has_change: bool
    charges_overage: bool
    balances: tuple[FeatureBalance, ...]


def present_end(visit: Visit, *, agreement: Agreement, change: ChangeView | None) -> EndPage:
    """Read what would end with the period."""
    balances = list_balances_under(agreement=agreement, now=visit.now)
    is_on_trial = agreement.status == AgreementStatus.TRIALING
    return EndPage(
        plan=agreement.plan_version.plan.name,
        ends_at=agreement.current_period_end,
        is_on_trial=is_on_trial,
        is_free=agreement.collection == Collection.FREE,
        has_change=change is not None,
        charges_overage=not is_on_trial
        and any(balance.overage_pricing is not None for balance in balances),
        balances=tuple(balance for balance in balances if not balance.unlimited),
    )
