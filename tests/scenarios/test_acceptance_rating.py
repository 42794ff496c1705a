"""
The published cases of rating, proration and invoices that our prices have to meet.

They come from the documentation and the tests of other billing systems. A case that states a
policy which is not ours is listed with the reason.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.entitlements.queries import get_entitlement
from billing.rating.pricing import OveragePricing
from billing.rating.proration import share_left
from billing.usage.operations import report_usage
from billing.usage.queries import list_feature_balances
from config.kernel.money import Money, rounded
from config.kernel.periods import Interval, period_at
from metering.choices import Aggregation
from metering.rate_card.operations import create_action
from metering.usage.reports import Outcome, Receipt, Rejection, UsageReport
from tests.factories import metering
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    STAFF,
    fixed,
    make_group,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing import graduated, package, per_unit, volume

RATING = """
AC-059 AC-061 AC-063 AC-065 AC-067 AC-069 AC-071 AC-073 AC-075 AC-077 AC-079 AC-081
AC-083 AC-085 AC-087 AC-089 AC-091 AC-093 AC-095 AC-097 AC-099 AC-101 AC-103
"""
PRORATION = """
AC-105 AC-107 AC-109 AC-111 AC-113 AC-115 AC-117 AC-119 AC-121 AC-123 AC-125
"""
INVOICE = "AC-127 AC-129 AC-131"

PLAN_CHANGE = "A plan change moves the allowance; its money is not charged by us yet."
NOT_OURS = {
    "AC-095": "An allowance and its overage belong to one month; nothing is pooled over three.",
    "AC-105": PLAN_CHANGE,
    "AC-107": PLAN_CHANGE,
    "AC-109": PLAN_CHANGE,
    "AC-111": PLAN_CHANGE,
    "AC-113": "A period counts from its anchor, so no first month is cut short; nor is there tax.",
    "AC-117": PLAN_CHANGE,
    "AC-121": PLAN_CHANGE,
    "AC-127": "A bill has neither discounts nor tax yet.",
    "AC-129": "When revenue is earned is for the company's own books to say.",
}


@dataclass(frozen=True)
class Charged:
    """What a quantity costs at a price in dollars, with a recurring `base` besides."""

    pricing: OveragePricing
    quantity: str
    amount: str
    base: str = "0"


def charges(pricing: OveragePricing, amounts: dict[str, str], *, base: str = "0") -> list[Charged]:
    """What each of several quantities costs at one price."""
    return [Charged(pricing, quantity, amount, base) for quantity, amount in amounts.items()]


STRIPE = ((5, 7), (10, "6.50"), (None, 6))
KILL_BILL = ((10, "1.5"), (110, 1), (None, "0.5"))
COMMITTED = ((500, 2), (None, 3))

CHARGES = {
    "AC-059": charges(
        volume(
            (10_000, "0.001", 10),
            (50_000, "0.0008", 10),
            (100_000, "0.0006", 10),
            (None, "0.0004", 10),
        ),
        {"65000": "49"},
    ),
    # Transactions of 500, then 550, then 4,000: $205, and $306 and $80 more.
    "AC-061": charges(
        graduated((1_000, "0.01", 200), (10_000, "0.02", 300), (None, "0.03", 400)),
        {"500": "205", "1050": "511", "5050": "591"},
    ),
    "AC-063": charges(
        graduated((10, 10, 2), (20, 5, 3), (None, 5, 3)),
        {"0": "2", "1": "12", "10": "102", "11": "110", "12": "115", "21": "163"},
    ),
    "AC-065": [
        Charged(package("100", size="10"), "121", "1300"),
        Charged(package("100", size="10", free="10"), "121", "1200"),
        Charged(package("100", size="10", free="200"), "121", "0"),
    ],
    "AC-067": charges(
        graduated((1_000, "0.01"), (10_000, "0.008"), (None, "0.005")), {"15000": "107"}
    ),
    "AC-069": charges(
        volume((1_000, 0, 100), (10_000, 0, 500), (None, 0, 1_000)),
        {"500": "100", "5000": "500", "15000": "1000"},
    ),
    "AC-071": charges(graduated((1_000, 0, 500), (None, "0.1")), {"2000": "600", "0": "500"}),
    # Usage of 3, 5 and 7 in one period is priced together.
    "AC-073": charges(graduated((10, 2), (30, 3), (None, 5)), {"15": "35"}),
    "AC-075": charges(
        graduated((5, 0, 100), (10, 0, 50), (15, 10), (None, 5)),
        {"0": "100", "5": "100", "5.001": "150", "7": "150", "12": "170", "22": "235"},
    ),
    "AC-077": charges(
        volume((5, 0, 100), (10, 0, 150), (15, 10), (None, 5)),
        {"0": "100", "3": "100", "14": "140", "15": "150", "16": "80", "100": "500"},
    ),
    # The period comes to 0, then 10, 17 and 22: nothing, and $15 more each time.
    "AC-079": charges(package("15", size="10"), {"0": "0", "10": "15", "17": "30", "22": "45"}),
    "AC-081": [
        *charges(volume(*STRIPE), {"1": "7", "5": "35", "6": "39", "20": "120", "25": "150"}),
        *charges(graduated(*STRIPE), {"6": "41.50", "20": "127.50", "25": "157.50"}),
    ],
    "AC-083": charges(
        graduated((1_000, "1.5"), (None, 2)), {"400": "630", "1200": "1930"}, base="30"
    ),
    "AC-085": charges(
        volume((1_000, 0, 750), (None, 0, 500)), {"400": "780", "1200": "530"}, base="30"
    ),
    # The tiers there have widths of 10, 100 and 1,000; here each says where it ends.
    "AC-087": [
        Charged(graduated(*KILL_BILL), "111", "115.5"),
        Charged(volume(*KILL_BILL), "111", "55.5"),
    ],
    # A commitment is a minimum, and what exceeds it is a tier of its own.
    "AC-089": [
        *charges(graduated(*COMMITTED, minimum=1_000), {"700": "1600", "300": "1000"}),
        Charged(graduated(*COMMITTED), "300", "600"),
    ],
    "AC-091": charges(per_unit("0.001"), {"4800": "4.80"}),
    # 143 seats, of which 50 are included.
    "AC-097": charges(
        graduated((50, 20), (150, "17.50"), (None, 15)), {"93": "2751.50"}, base="999"
    ),
    # 640 minutes, of which 500 are included.
    "AC-103": charges(per_unit("0.50"), {"140": "129.99"}, base="59.99"),
    # The true-up to the minimum is $200 of the first charge and nothing of the second.
    "AC-115": charges(per_unit(1, minimum=500), {"300": "500", "600": "600"}),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{name}-{case.quantity}-{case.pricing.model.value}")
        for name, cases in CHARGES.items()
        for case in cases
    ],
)
def test_a_quantity_costs_what_was_published(case: Charged) -> None:
    charge = dollars(case.base) + case.pricing.charge(Decimal(case.quantity))
    assert charge == dollars(case.amount)


def test_ac_101_a_dollar_buys_125_credits_at_their_price() -> None:
    assert per_unit("0.008").largest_quantity_worth(dollars("1")) == 125


def dollars(amount: str) -> Money:
    return rounded(Decimal(amount), currency="USD")


@dataclass(frozen=True)
class Left:
    """What is left of `whole` at an instant of its calendar month, to some places."""

    at: datetime
    left: str
    whole: int = 1


SHARES = {
    "AC-119": [
        Left(datetime(2026, 1, 20, tzinfo=UTC), "38.70967742", whole=100),
        Left(datetime(2026, 1, 16, 12, tzinfo=UTC), "50.00000000", whole=100),
    ],
    "AC-123": [
        Left(datetime(2026, 2, 15, tzinfo=UTC), "0.500000"),
        Left(datetime(2024, 2, 16, tzinfo=UTC), "0.482759"),
        Left(datetime(2026, 2, 21, tzinfo=UTC), "0.285714"),
        Left(datetime(2026, 2, 16, tzinfo=UTC), "0.464286"),
    ],
    # Real length is the only one of the three policies that we have: no month of 30 days.
    "AC-125": [Left(datetime(2026, 2, 13, tzinfo=UTC), "0.571429")],
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{name}-{case.at:%Y-%m-%d}")
        for name, cases in SHARES.items()
        for case in cases
    ],
)
def test_what_is_left_of_a_month_is_what_was_published(case: Left) -> None:
    month = period_at(case.at.replace(day=1, hour=0), interval=Interval.MONTH, at=case.at)
    left = share_left(period=month, at=case.at) * case.whole
    assert left.quantize(Decimal(case.left)) == Decimal(case.left)


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization("Acme")


def tell(organization: Organization, *reports: UsageReport) -> list[Receipt]:
    """Report usage right after the organization has subscribed."""
    return report_usage(
        organization_id=organization.pk, reports=reports, api_key_id=None, received_at=SUBSCRIBED
    )


def test_ac_093_each_aggregation_makes_its_own_value_of_two_page_views(
    acme: Organization,
) -> None:
    counting: dict[str, dict[str, str]] = {
        "counted": {"aggregation": Aggregation.COUNT},
        "summed": {"aggregation": Aggregation.SUM},
        "highest": {"aggregation": Aggregation.MAX},
        "distinct": {"aggregation": Aggregation.UNIQUE, "unique_property": "member"},
    }
    meters = [metering.make_meter(code, unit="view", **how) for code, how in counting.items()]
    features = [metered(make_metered(meter), 1_000) for meter in meters]
    make_version(make_plan(make_group(), "views"), *features, prices=(fixed("0"),))
    make_agreement(acme, "views")
    for meter in counting:
        tell(
            acme,
            metering.report(f"{meter}-1", 10, meter=meter, member="visitor"),
            metering.report(f"{meter}-2", 20, meter=meter, member="visitor"),
        )
    used = {
        balance.feature: balance.used
        for balance in list_feature_balances(organization=acme, now=SUBSCRIBED)
    }
    assert used == {"counted": 2, "summed": 30, "highest": 20, "distinct": 1}


def test_ac_099_actions_take_credits_by_the_rate_card(acme: Organization) -> None:
    meter = metering.make_meter("ai_credits", unit="credit")
    for code, credits in (("IMAGE", "3"), ("PROMPT", "5"), ("LARGE", "10"), ("OTHER", "6")):
        action = create_action(
            code=code, name=code, name_plural=code, meter=meter, actor=STAFF, now=SUBSCRIBED
        )
        metering.rate(action, credits)
    feature = metered(make_metered(meter), 100)
    make_version(make_plan(make_group(), "images"), feature, prices=(fixed("0"),))
    make_agreement(acme, "images")
    receipts = tell(
        acme,
        metering.report("evt-1", 2, action="IMAGE"),
        metering.report("evt-2", action="PROMPT"),
        metering.report("evt-3", action="LARGE"),
        metering.report("evt-4", action="OTHER"),
    )
    assert [receipt.credits for receipt in receipts] == [6, 5, 10, 6]
    assert receipts[-1].remaining == 100 - 27


def test_ac_131_what_asks_first_ends_at_the_limit_in_units(acme: Organization) -> None:
    """1,000 calls are included and 5,000 more may be bought: a limit of 6,000."""
    calls = make_metered(metering.make_meter("calls", unit="call"))
    feature = metered(calls, 1_000, overage="0.01", limit=6_000)
    make_version(make_plan(make_group(), "api"), feature, prices=(fixed("49"),))
    make_agreement(acme, "api")

    def ask(event_id: str, quantity: int) -> tuple[str, str]:
        report = metering.report(event_id, quantity, meter="calls", enforce=True)
        [receipt] = tell(acme, report)
        return receipt.outcome, receipt.reason

    assert ask("evt-1", 6_001) == (Outcome.REJECTED, Rejection.LIMIT_REACHED)
    assert ask("evt-2", 6_000) == (Outcome.ACCEPTED, "")
    assert ask("evt-3", 1) == (Outcome.REJECTED, Rejection.LIMIT_REACHED)
    entitlement = get_entitlement(organization=acme, feature="calls", now=SUBSCRIBED)
    assert (entitlement.allowed, entitlement.used) == (False, 6_000)


def test_every_case_is_met_or_listed_with_the_reason() -> None:
    scenarios = {f"AC-{number}" for name in globals() for number in re.findall(r"_ac_(\d+)", name)}
    ours = {*CHARGES, *SHARES, *scenarios}
    assert ours | NOT_OURS.keys() == {*f"{RATING} {PRORATION} {INVOICE}".split()}
    assert not ours & NOT_OURS.keys()
