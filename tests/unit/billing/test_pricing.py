"""What overage costs by each model of price, and how much of it an amount pays for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.catalog.overage_words import further_words, overage_words
from billing.catalog.pricing_review import list_pricing_objections
from billing.choices import PricingModel
from billing.rating.pricing import Model, OveragePricing, Tier
from config.kernel.money import Money, rounded
from tests.factories.pricing import (
    graduated,
    package,
    per_unit,
    percentage,
    tier,
    volume,
)

DROPPING = volume((5, 0, 100), (10, 0, 150), (15, 10), (None, 5))


def dollars(amount: str) -> Money:
    return rounded(Decimal(amount), currency="USD")


class TestCharges:
    @pytest.mark.parametrize(
        ("unit_price", "quantity", "minor"),
        [("0.15", "0", 0), ("0.15", "460", 69_00), ("0.005", "1", 1), ("0.004999999999", "1", 0)],
    )
    def test_a_price_per_unit_is_multiplied_and_rounded_once_half_up(
        self, unit_price: str, quantity: str, minor: int
    ) -> None:
        assert per_unit(unit_price).charge(Decimal(quantity)) == Money(minor, "USD")

    def test_a_percentage_is_taken_of_the_reported_value(self) -> None:
        assert percentage("0.015").charge(Decimal("1234.56")) == dollars("18.52")

    def test_a_package_begun_is_charged_whole(self) -> None:
        tens = package("15", size="10")
        assert [tens.charge(Decimal(q)).minor for q in ("0", "0.000001", "10", "10.000001")] == [
            0,
            15_00,
            15_00,
            30_00,
        ]

    def test_free_units_come_before_the_first_package(self) -> None:
        tens = package("15", size="10", free="3")
        assert [tens.charge(Decimal(q)).minor for q in ("3", "3.5", "13", "13.5")] == [
            0,
            15_00,
            15_00,
            30_00,
        ]

    def test_each_unit_is_charged_in_its_own_tier(self) -> None:
        assert graduated((10, 2), (30, 3), (None, 5)).charge(Decimal(31)) == dollars("85")

    def test_all_units_are_charged_in_the_tier_that_is_reached(self) -> None:
        assert volume((10, 2), (30, 3), (None, 5)).charge(Decimal(31)) == dollars("155")

    def test_the_end_of_a_tier_belongs_to_it(self) -> None:
        tiers = ((10, 2, 7), (None, 1, 4))
        assert graduated(*tiers).charge(Decimal(10)) == dollars("27")
        assert graduated(*tiers).charge(Decimal("10.000001")) == dollars("31")
        assert volume(*tiers).charge(Decimal(10)) == dollars("27")
        assert volume(*tiers).charge(Decimal("10.000001")) == dollars("14")

    def test_tiers_are_rounded_together_and_not_one_by_one(self) -> None:
        thirds = graduated(("0.5", "0.009"), ("1", "0.009"), (None, "0.009"))
        assert thirds.charge(Decimal("1.5")) == Money(1, "USD")

    def test_the_minimum_is_due_without_any_overage(self) -> None:
        price = per_unit("1", minimum=500, maximum=700)
        charges = [price.charge(Decimal(q)).minor for q in (0, 300, 600, 900)]
        assert charges == [500_00, 500_00, 600_00, 700_00]

    @pytest.mark.parametrize(("currency", "minor"), [("JPY", 2), ("USD", 1_50), ("KWD", 1_500)])
    def test_amounts_have_the_decimals_of_their_currency(self, currency: str, minor: int) -> None:
        price = OveragePricing.per_unit(Decimal("0.5"), currency=currency)
        assert price.charge(Decimal(3)) == Money(minor, currency)

    def test_the_largest_quantities_and_prices_are_exact(self) -> None:
        price = graduated((1, "999999999.999999999999"), (None, "999999999.999999999999"))
        assert price.charge(Decimal("999999999999.999999")).minor == 10**23 - 100_100
        assert volume((None, "0.000000000001")).charge(Decimal(10) ** 10).minor == 1


class TestQuantitiesWithin:
    @pytest.mark.parametrize(
        ("price", "amount", "quantity"),
        [
            # 66.7 credits would cost $10.005, which is rounded up.
            (per_unit("0.15"), "10", "66.699999"),
            (per_unit("0.15"), "0", "0.033333"),
            (per_unit("0"), "0", None),
            (percentage("0.015"), "1.50", "100.333333"),
            (package("15", size="10"), "44.99", "20"),
            (package("15", size="10"), "45", "30"),
            (package("15", size="10", free="3"), "0", "3"),
            (package("0", size="10"), "0", None),
            (graduated((10, 2), (None, 3)), "20", "10.001666"),
            (graduated((10, 2), (None, 3)), "26", "12.001666"),
            (graduated((10, 0), (None, 3)), "0", "10.001666"),
            (graduated((10, 2), (None, 0)), "20", None),
            (graduated((10, 2), (None, 0)), "19", "9.502499"),
            (volume((10, 2), (30, 3), (None, 5)), "40", "13.334999"),
        ],
    )
    def test_the_amount_pays_for_so_many(
        self, price: OveragePricing, amount: str, quantity: str | None
    ) -> None:
        expected = None if quantity is None else Decimal(quantity)
        assert price.largest_quantity_within(dollars(amount)) == expected

    @pytest.mark.parametrize(
        ("amount", "quantity"),
        [("100", "5"), ("149.99", "5"), ("150", "30.000999"), ("155", "31.000999")],
    )
    def test_a_cheaper_total_behind_a_dearer_one_does_not_count(
        self, amount: str, quantity: str
    ) -> None:
        """Sixteen cost $80, less than the eleventh did; nobody gets there without paying $150."""
        assert DROPPING.largest_quantity_within(dollars(amount)) == Decimal(quantity)

    def test_a_flat_price_ends_what_an_amount_pays_for_at_the_edge_of_its_tier(self) -> None:
        price = graduated((5, 0, 100), (10, 0, 50), (None, 10))
        assert price.largest_quantity_within(dollars("149.99")) == 5
        assert price.largest_quantity_within(dollars("150")) == Decimal("10.000499")

    def test_a_minimum_is_due_anyway_and_so_bounds_nothing(self) -> None:
        price = per_unit("1", minimum=500)
        assert price.largest_quantity_within(dollars("20")) == Decimal("500.004999")
        assert price.largest_quantity_within(dollars("600")) == Decimal("600.004999")

    def test_the_flat_price_of_the_first_tier_is_due_anyway(self) -> None:
        price = graduated((5, 0, 100), (None, 1))
        assert price.largest_quantity_within(dollars("1")) == Decimal("5.004999")

    def test_nothing_costs_more_than_the_maximum(self) -> None:
        price = per_unit("1", maximum=700)
        assert price.largest_quantity_within(dollars("700")) is None
        assert price.largest_quantity_within(dollars("699.99")) == Decimal("699.994999")


prices = st.decimals(min_value=0, max_value=100, places=4)
quantities = st.decimals(min_value=0, max_value=1_000, places=6)
amounts = st.integers(min_value=0, max_value=100_000).map(lambda minor: Money(minor, "USD"))


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    ends = draw(st.lists(st.decimals("0.000001", 500, places=6), unique=True, max_size=4))
    flats = st.sampled_from([Decimal(0), Decimal(7), Decimal("0.005")])
    return tuple(Tier(end, draw(prices), draw(flats)) for end in (*sorted(ends), None))


def tiered(model: Model) -> st.SearchStrategy[OveragePricing]:
    return tiers().map(lambda tiers: OveragePricing("USD", model, tiers=tiers))


packages = st.builds(
    lambda price, size, free: OveragePricing(
        "USD", Model.PACKAGE, unit_price=price, package_size=size, free_quantity=free
    ),
    prices,
    st.decimals("0.000001", 50, places=6),
    quantities,
)
singles = st.builds(
    lambda model, price: OveragePricing("USD", model, unit_price=price),
    st.sampled_from([Model.PER_UNIT, Model.PERCENTAGE]),
    prices,
)
rising = st.one_of(singles, packages, tiered(Model.GRADUATED))


@st.composite
def bounded(draw: st.DrawFn) -> OveragePricing:
    price = draw(st.one_of(rising, tiered(Model.VOLUME)))
    minimum, maximum = sorted([draw(amounts), draw(amounts)], key=lambda money: money.minor)
    return OveragePricing(
        price.currency,
        price.model,
        unit_price=price.unit_price,
        package_size=price.package_size,
        free_quantity=price.free_quantity,
        tiers=price.tiers,
        minimum=draw(st.sampled_from([None, minimum])),
        maximum=draw(st.sampled_from([None, maximum])),
    )


@given(rising, quantities, quantities)
def test_more_never_costs_less_except_by_volume(
    price: OveragePricing, one: Decimal, other: Decimal
) -> None:
    assert price.charge(min(one, other)).minor <= price.charge(max(one, other)).minor


@given(tiers(), quantities)
def test_a_graduated_charge_is_the_sum_of_its_slices(
    tiers: tuple[Tier, ...], quantity: Decimal
) -> None:
    above, cost = Decimal(0), Decimal(0)
    for each in tiers:
        end = quantity if each.up_to is None else min(quantity, each.up_to)
        if above == 0 or quantity > above:
            cost += each.flat_price + max(Decimal(0), end - above) * each.unit_price
        above = each.up_to or above
    price = OveragePricing("USD", Model.GRADUATED, tiers=tiers)
    assert price.charge(quantity) == rounded(cost, currency="USD")


@given(bounded(), quantities)
def test_a_charge_lies_between_the_minimum_and_the_maximum(
    price: OveragePricing, quantity: Decimal
) -> None:
    charge = price.charge(quantity).minor
    assert price.minimum is None or charge >= price.minimum.minor
    assert price.maximum is None or charge <= price.maximum.minor


@given(bounded(), amounts, st.lists(quantities, max_size=20))
def test_the_largest_quantity_is_the_last_before_the_first_that_costs_more(
    price: OveragePricing, amount: Money, tried: list[Decimal]
) -> None:
    affordable = max(amount.minor, price.charge(Decimal(0)).minor)
    largest = price.largest_quantity_within(amount)
    edges = [end for tier in price.tiers if (end := tier.up_to) is not None]
    for quantity in (*tried, *edges):
        if largest is None or quantity <= largest:
            assert price.charge(quantity).minor <= affordable
    if largest is not None:
        assert price.charge(largest).minor <= affordable
        assert price.charge(largest + Decimal("0.000001")).minor > affordable


@given(bounded(), amounts, st.lists(quantities, max_size=20))
def test_before_rounding_it_is_a_little_less_and_never_dearer(
    price: OveragePricing, amount: Money, tried: list[Decimal]
) -> None:
    worth = price.largest_quantity_worth(amount)
    within = price.largest_quantity_within(amount)
    if worth is None:
        assert within is None
        return
    assert within is None or worth <= within
    affordable = max(amount.minor, price.charge(Decimal(0)).minor)
    for quantity in (worth, *tried):
        if quantity <= worth:
            assert price.charge(quantity).minor <= affordable


def test_every_model_is_one_that_is_stored() -> None:
    assert {model.value for model in Model} == set(PricingModel.values)


class TestObjections:
    @pytest.mark.parametrize(
        "price",
        [
            per_unit("0"),
            per_unit("0.15", minimum=5, maximum=5),
            percentage("0.015"),
            package("100", size="10", free="0.5"),
            graduated((None, "0.1")),
            volume((10, 2), (None, 1, 4)),
        ],
    )
    def test_terms_that_fit_together_raise_none(self, price: OveragePricing) -> None:
        assert list_pricing_objections(price) == []

    @pytest.mark.parametrize(
        ("price", "objection"),
        [
            (OveragePricing("USD", Model.PER_UNIT), "The price has no amount."),
            (
                OveragePricing("USD", Model.VOLUME, tiers=(tier(None, 1),), unit_price=Decimal(1)),
                "Each tier has its own price, so there is none besides.",
            ),
            (
                OveragePricing("USD", Model.PACKAGE, unit_price=Decimal(1)),
                "Say how many units are in a package.",
            ),
            (
                OveragePricing(
                    "USD", Model.PERCENTAGE, unit_price=Decimal(1), free_quantity=Decimal(5)
                ),
                "Only packages have a size and free units.",
            ),
            (
                OveragePricing(
                    "USD", Model.PER_UNIT, unit_price=Decimal(1), tiers=(tier(None, 1),)
                ),
                "Only graduated and volume prices have tiers.",
            ),
            (
                OveragePricing("USD", Model.GRADUATED),
                "Graduated and volume prices need at least one tier.",
            ),
            (graduated((10, 1)), "The last tier must have no end."),
            (graduated((None, 1), (None, 1)), "Only the last tier may have no end."),
            (
                graduated((10, 1), (10, 2), (None, 1)),
                "Each tier must end above the one before it.",
            ),
            (
                per_unit("1", minimum=5, maximum=4),
                "The maximum of a period is below its minimum.",
            ),
            (
                per_unit("-1"),
                "A price is from 0 to below one billion, with at most 12 decimals.",
            ),
            (
                graduated((10, 1, "0.0000000000001"), (None, 1)),
                "A price is from 0 to below one billion, with at most 12 decimals.",
            ),
            (
                package("1", size="1", free="0.0000001"),
                "A quantity is from 0 to below one trillion, with at most 6 decimals.",
            ),
            (
                package("1", size="0"),
                "The end of a tier and the size of a package are above 0 and below one trillion, "
                "with at most 6 decimals.",
            ),
            (
                per_unit("1", minimum=10**10),
                "The minimum or the maximum is not an amount that can be charged.",
            ),
        ],
    )
    def test_what_does_not_fit_is_said_in_words(
        self, price: OveragePricing, objection: str
    ) -> None:
        assert list_pricing_objections(price) == [objection]


class TestSentences:
    @pytest.mark.parametrize(
        ("price", "sentence"),
        [
            (per_unit("0.15"), "$0.15 per credit"),
            (
                per_unit("0.15", minimum=5, maximum=500),
                "$0.15 per credit, at least $5 a month, at most $500 a month",
            ),
            (percentage("0.015"), "1.5 % of the reported credits"),
            (package("100", size="10"), "$100 per 10 credits begun"),
            (
                package("100", size="10", free="200"),
                "$100 per 10 credits begun, the first 200 free",
            ),
            (
                graduated((1_000, "0.01"), (None, "0.008")),
                "first 1,000 at $0.01 each, then at $0.008 each",
            ),
            (
                graduated((5, 0, 100), (10, 10, 2), (20, 0), (None, "0.5")),
                "first 5 for $100, next 5 for $2 plus $10 each, next 10 free, then at $0.50 each",
            ),
            (graduated((None, 2)), "at $2 each"),
            (
                volume((5, 7), (10, "6.50"), (None, 6)),
                "all at $7 each up to 5, at $6.50 each up to 10, at $6 each beyond",
            ),
            (volume((None, 0, 100)), "all for $100"),
        ],
    )
    def test_a_price_is_said_in_one_sentence(self, price: OveragePricing, sentence: str) -> None:
        assert overage_words(price, unit="credit", unit_plural="credits") == sentence

    def test_what_follows_the_allowance_is_said_shorter_where_one_price_is_all(self) -> None:
        def said(price: OveragePricing) -> str:
            return further_words(price, unit="credit", unit_plural="credits")

        assert said(per_unit("0.15")) == "$0.15 for each further credit"
        assert said(package("1", size="10")) == "Further credits: $1 per 10 credits begun"
        assert said(per_unit("0.15", maximum=9)) == (
            "Further credits: $0.15 per credit, at most $9 a month"
        )


@pytest.mark.parametrize(
    "price",
    [per_unit("0"), per_unit("0.15", maximum=0), graduated((10, 0), (None, 0))],
)
def test_a_price_that_never_charges_is_free(price: OveragePricing) -> None:
    assert price.is_free


@pytest.mark.parametrize(
    "price",
    [per_unit("0.15"), per_unit("0", minimum=1), graduated((10, 0, 1), (None, 0))],
)
def test_a_price_that_charges_some_quantity_is_not_free(price: OveragePricing) -> None:
    assert not price.is_free
