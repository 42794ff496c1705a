"""What brings Stripe level with a plan, and in which order."""

from decimal import Decimal

from billing.stripe.publishing.state import (
    Known,
    KnownPrice,
    MeterStep,
    PriceStep,
    Product,
    ProductStep,
    Slot,
    Wanted,
    WantedPrice,
    list_steps,
)

TEAM = Product("tallybook_plan_1", "Team", "For a team.", is_active=True)
ARCHIVED = Product("tallybook_plan_1", "Team", "For a team.", is_active=False)
FIRST = Slot(1, "fixed", "USD", "month")
SECOND = Slot(2, "fixed", "USD", "month")
OVERAGE = Slot(2, "overage.credits", "USD", "month")
ON_SALE = WantedPrice(Decimal(59_00), "team.usd.month.fixed")
OVERAGE_ON_SALE = WantedPrice(Decimal("3.75"), "team.usd.month.overage.credits")
HONOURED = WantedPrice(Decimal(49_00), "")

WANTED = Wanted(TEAM, meters=(), prices={FIRST: HONOURED, SECOND: ON_SALE})
LEVEL = Known(
    TEAM,
    meters={},
    prices={
        FIRST: KnownPrice("price_1", is_active=False, lookup_key=""),
        SECOND: KnownPrice("price_2", is_active=True, lookup_key=ON_SALE.lookup_key),
    },
)
NOTHING = Known(None, meters={}, prices={})


def test_nothing_is_to_be_done_where_everything_is_there() -> None:
    assert list_steps(WANTED, LEVEL) == []


def test_everything_is_made_where_there_is_nothing() -> None:
    wanted = Wanted(TEAM, ("credits",), {SECOND: ON_SALE, OVERAGE: OVERAGE_ON_SALE})
    assert list_steps(wanted, NOTHING) == [
        ProductStep(TEAM, None),
        MeterStep("credits"),
        PriceStep(SECOND, ON_SALE, None),
        PriceStep(OVERAGE, OVERAGE_ON_SALE, None),
    ]


def test_a_new_price_is_on_sale_before_the_old_one_is_archived() -> None:
    old = KnownPrice("price_1", is_active=True, lookup_key=ON_SALE.lookup_key)
    assert list_steps(WANTED, Known(TEAM, {}, {FIRST: old})) == [
        PriceStep(SECOND, ON_SALE, None),
        PriceStep(FIRST, HONOURED, old),
    ]


def test_what_is_on_sale_is_made_before_what_is_only_honoured() -> None:
    steps = list_steps(WANTED, Known(TEAM, {}, {}))
    assert [step.slot for step in steps if isinstance(step, PriceStep)] == [SECOND, FIRST]


def test_a_product_is_archived_when_all_else_is_done() -> None:
    wanted = Wanted(ARCHIVED, meters=(), prices={SECOND: ON_SALE})
    assert list_steps(wanted, NOTHING) == [
        ProductStep(ARCHIVED, None),
        PriceStep(SECOND, ON_SALE, None),
        ProductStep(ARCHIVED, TEAM),
    ]


def test_the_lookup_key_of_an_archived_price_says_nothing() -> None:
    archived = KnownPrice("price_1", is_active=False, lookup_key="whatever")
    assert list_steps(WANTED, Known(TEAM, {}, {**LEVEL.prices, FIRST: archived})) == []


def test_a_price_on_sale_without_its_lookup_key_is_put_right() -> None:
    bare = KnownPrice("price_2", is_active=True, lookup_key="")
    assert list_steps(WANTED, Known(TEAM, {}, {**LEVEL.prices, SECOND: bare})) == [
        PriceStep(SECOND, ON_SALE, bare)
    ]


def test_the_version_with_the_highest_number_is_the_newest() -> None:
    assert WANTED.newest == 2
