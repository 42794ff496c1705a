"""
Organizations whose customer lives by a test clock of Stripe's.

When the clock comes to a moment, so do they: pages, API and books then live as far ahead as the
clock is, and what has become due by its time is done. Only where no money is real.
"""

from datetime import datetime, timedelta

from accounts.models import Organization
from accounts.organizations.clock import list_rehearsed, set_clock_ahead
from accounts.organizations.sweeping import sweep

from ..agreements.operations import bring_current
from ..models import StripeCustomer
from .gateway.configuration import is_connected, is_live
from .inbox import ReceivedEvent, handles
from .settling.money_credits import settle_money_credits
from .settling.operations import collect_overage

NOT_AHEAD = timedelta(0)


@handles("test_helpers.test_clock.ready")
def follow_clock(event: ReceivedEvent, now: datetime) -> None:
    """Let the organizations of a test clock come to its time, which is `now`."""
    if is_live():
        return
    ahead = now - event.seen_at if event.seen_at else NOT_AHEAD
    customers = StripeCustomer.objects.filter(test_clock_id=event.object_id)
    for organization_id in customers.values_list("organization_id", flat=True):
        set_clock_ahead(organization_id=organization_id, ahead=max(ahead, NOT_AHEAD))
        come_to(organization_id=organization_id, now=now)


def bring_rehearsed_current(*, now: datetime) -> int:
    """
    Do what has become due, by its own time, for each organization that lives ahead of ours, and
    return their number. The other sweeps go by the real time.
    """
    if not is_connected():
        return 0
    ahead = list_rehearsed()
    visited = sweep(
        ahead,
        lambda organization_id: come_to(
            organization_id=organization_id, now=now + ahead[organization_id]
        ),
        doing="rehearsing",
    )
    return len(visited)


def come_to(*, organization_id: int, now: datetime) -> None:
    """Open what begins, settle what is over and invoice it, as the sweeps do in real time."""
    bring_current(organization=Organization.objects.get(pk=organization_id), now=now)
    settle_money_credits(organization_id=organization_id, now=now)
    collect_overage(organization_id=organization_id, now=now)
