"""
The customers of an installation under proof.

Everything here is called in a process of the installation's, and everything is done through the
product's own operations: what is proven is what customers would have.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Organization
from billing.usage.operations import report_usage
from config.kernel.periods import boundary
from metering.usage.reports import UsageReport
from tests.factories import accounts, agreements, catalog, metering
from tests.support.populate import leave_platform_key
from tests.verify import SELLING, STRICT

GRACE = timedelta(hours=1)
# In seconds: the apps are at work by then.
SOON = 12


def fill(*, steady: int, closing: int, closing_every: float) -> dict[str, list[str]]:
    """
    Make organizations on a plan that sells overage and on one that does not, in turn.

    The periods of the `closing` ones fall due one after the other, so many seconds apart, from
    soon on. Return the organizations by plan.
    """
    make_plans()
    leave_platform_key()
    now = timezone.now()
    begun = [now - timedelta(days=1)] * steady
    begun += [
        _month_before(now - GRACE + timedelta(seconds=SOON + number * closing_every))
        for number in range(closing)
    ]
    made: dict[str, list[str]] = {SELLING: [], STRICT: []}
    for number, at in enumerate(begun):
        plan = (SELLING, STRICT)[number % 2]
        organization = make_customer(f"Tenant {number}", plan=plan, at=at)
        made[plan].append(organization.public_id)
        report(organization, extractions(60, prefix="before"), at=at + timedelta(hours=2))
    return made


def make_plans() -> None:
    """Publish a plan that sells overage and rolls credits over, and one that does neither."""
    feature = catalog.make_metered(metering.make_credit_meter())
    group = catalog.make_group()
    for code, terms in (
        (
            SELLING,
            catalog.metered(feature, 1_000, overage="0.15", rollover=catalog.QUARTER_FOR_A_MONTH),
        ),
        (STRICT, catalog.metered(feature, 1_000)),
    ):
        catalog.make_version(catalog.make_plan(group, code), terms, prices=(catalog.fixed("99"),))


def make_customer(name: str, *, plan: str, at: datetime) -> Organization:
    """An organization with an agreement from an instant on."""
    organization = accounts.make_organization(name)
    agreements.make_agreement(organization, plan, at=at)
    return organization


def report(organization: Organization, reports: list[UsageReport], *, at: datetime) -> None:
    """Report usage as it would have been reported at an instant."""
    report_usage(organization_id=organization.pk, reports=reports, api_key_id=None, received_at=at)


def extractions(count: int, *, prefix: str, times: int = 1) -> list[UsageReport]:
    """So many events, each of five credits times so many."""
    return [
        metering.report(f"{prefix}-{number}", times, action="EXTRACT_TEXT")
        for number in range(count)
    ]


def _month_before(end: datetime) -> datetime:
    """An anchor from which a period of some month ends at `end`, to the second."""
    return next(
        anchor for anchor, months in _anchors(end) if boundary(anchor, months=months) == end
    )


def _anchors(end: datetime) -> Iterator[tuple[datetime, int]]:
    # From the 31st, the month before has no such day; the one before that has.
    return ((boundary(end, months=-months), months) for months in range(1, 13))
