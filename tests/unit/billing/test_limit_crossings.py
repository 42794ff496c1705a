"""Which limits a movement reaches, to the edge."""

from decimal import Decimal

import pytest

from billing.limits.crossings import Crossing, Limit, LimitKind, find_crossings
from billing.limits.terms import NO_LIMITS, Limits
from config.kernel.money import Money
from metering.usage.reports import Movement
from tests.factories.limits import (
    CREDITS,
    DOCUMENTS,
    NEXT_PERIOD,
    PERIOD,
    counted,
    credits,
    limits,
    money,
    moved,
    percent,
    plan,
)

PLAN = plan(counted(), counted(DOCUMENTS, code="documents", allowance=10, overage="1"))


def reached(*movements: Movement, limits: Limits = NO_LIMITS) -> list[str]:
    """The names of the limits that the movements reach."""
    return [crossing.limit.name for crossing in crossings(*movements, limits=limits)]


def crossings(*movements: Movement, limits: Limits = NO_LIMITS) -> list[Crossing]:
    return find_crossings(movements, limits=limits, terms=PLAN, currency="USD")


class TestAllowance:
    @pytest.mark.parametrize(
        ("before", "after", "names"),
        [
            ("0", "499.999999", []),
            ("499.999999", "500", ["percent:50"]),
            ("500", "500.000001", []),
            ("500", "799.999999", []),
            ("799.999999", "800", ["percent:80"]),
            ("999", "999.999999", []),
            ("999.999999", "1000", ["percent:100", "allowance"]),
            ("1000", "1001", ["allowance"]),
            ("1001", "1002", []),
            ("800", "800", []),
        ],
    )
    def test_a_level_is_reached_by_the_use_that_comes_to_it(
        self, before: str, after: str, names: list[str]
    ) -> None:
        assert reached(moved(before, after)) == names

    def test_a_jump_reaches_every_level_on_its_way_the_lowest_first(self) -> None:
        assert reached(moved(499, 1_500)) == [
            "percent:50",
            "percent:80",
            "percent:100",
            "allowance",
        ]

    def test_what_was_used_and_included_is_said(self) -> None:
        assert crossings(moved(400, 650)) == [
            Crossing(
                limit=Limit(LimitKind.PERCENT, Decimal(50)),
                period_starts_at=PERIOD,
                feature=PLAN.feature("ai_credits"),
                used=Decimal(650),
                allowance=Decimal(1_000),
            )
        ]

    def test_taking_usage_back_reaches_nothing_and_using_again_does(self) -> None:
        """That it is told of only once is kept by the history, not here."""
        assert reached(moved(900, 700)) == []
        assert reached(moved(700, 900)) == ["percent:80"]

    def test_further_credits_put_off_running_out_but_no_percentage(self) -> None:
        rolled = moved(900, 1_100, overage=(0, 0), remaining=400)
        assert reached(rolled) == ["percent:100"]

    @pytest.mark.parametrize(
        ("movement", "names"),
        [
            (moved(1_400, 1_500, overage=(0, 0), remaining=0), ["allowance"]),
            (moved(1_400, 1_600, overage=(0, 100)), ["allowance"]),
            (moved(1_600, 1_700, overage=(100, 200)), []),
            (moved(1_600, 1_500, overage=(100, 0)), []),
        ],
    )
    def test_credits_run_out_with_the_last_of_them(
        self, movement: Movement, names: list[str]
    ) -> None:
        assert reached(movement) == names

    def test_credits_that_are_all_set_aside_have_run_out(self) -> None:
        assert reached(moved(0, 10, overage=(0, 10), remaining=0)) == ["allowance"]

    def test_where_nothing_is_included_nothing_runs_out(self) -> None:
        assert reached(moved(0, 10, allowance=0)) == []

    def test_bought_credits_run_out_also_where_nothing_is_included(self) -> None:
        assert reached(moved(0, 10, allowance=0, overage=(0, 3))) == ["allowance"]

    def test_unlimited_usage_has_no_percentages_and_does_not_run_out(self) -> None:
        assert reached(moved(0, 5_000, allowance=None, overage=(0, 5_000))) == []

    def test_a_meter_that_the_plan_does_not_count_any_more_has_no_limits(self) -> None:
        assert reached(moved(0, 5_000, meter_id=9)) == []


class TestThresholds:
    @pytest.mark.parametrize(
        ("before", "after", "names"),
        [
            (0, "249.999999", []),
            ("249.999999", 250, ["percent:25"]),
            (2_999, 3_000, ["percent:300"]),
        ],
    )
    def test_custom_percentages_are_of_the_allowance(
        self, before: int | str, after: int | str, names: list[str]
    ) -> None:
        custom = limits(percent(25), percent(300), percent(10, feature_id=999))
        assert reached(moved(before, after), limits=custom) == names

    @pytest.mark.parametrize(
        ("before", "after", "names"),
        [
            ("0", "0.499999", []),
            ("0.4", "0.5", ["credits:0.5"]),
            ("0.5", "1999", ["percent:50", "percent:80", "percent:100", "allowance"]),
            ("1999", "2000", ["credits:2000"]),
        ],
    )
    def test_quantities_are_of_what_is_used(
        self, before: str, after: str, names: list[str]
    ) -> None:
        custom = limits(credits("0.500000"), credits(2_000), credits(1, feature_id=999))
        assert reached(moved(before, after), limits=custom) == names

    def test_quantities_of_unlimited_usage_are_watched_as_well(self) -> None:
        used = moved(0, 700, allowance=None, overage=(0, 700))
        assert reached(used, limits=limits(credits(700))) == ["credits:700"]

    def test_the_limit_of_the_plan_is_told_of(self) -> None:
        terms = plan(counted(limit=1_200))
        found = [
            [
                crossing.limit.name
                for crossing in find_crossings(
                    [movement], limits=NO_LIMITS, terms=terms, currency="USD"
                )
            ]
            for movement in (moved(1_100, "1199.999999"), moved("1199.999999", 1_200))
        ]
        assert found == [[], ["plan_limit"]]


class TestMoney:
    @pytest.mark.parametrize(
        ("before", "after", "names"),
        [
            # 0.12 each: 416 come to $49.92, 417 to $50.04.
            (1_001, 1_416, []),
            (1_416, 1_417, ["money:5000"]),
            (1_417, 1_418, []),
        ],
    )
    def test_a_level_of_money_is_reached_by_the_overage_that_comes_to_it(
        self, before: int, after: int, names: list[str]
    ) -> None:
        assert reached(moved(before, after), limits=limits(money(50_00))) == names

    def test_what_other_features_have_cost_counts(self) -> None:
        # $9 for documents, so $41 of credits are missing: 342 are $41.04, 341 are $40.92.
        set_by_people = limits(money(50_00), overage={DOCUMENTS: 9, CREDITS: 341})
        [found] = crossings(moved(1_341, 1_342), limits=set_by_people)
        assert found == Crossing(
            limit=Limit(LimitKind.MONEY, Decimal(50_00)),
            period_starts_at=PERIOD,
            charged=Money(50_04, "USD"),
        )
        assert reached(moved(1_340, 1_341), limits=set_by_people) == []

    def test_features_that_move_together_reach_it_together(self) -> None:
        both = (moved(1_100, 1_250), moved(15, 40, meter_id=DOCUMENTS, allowance=10))
        # From $12 + $5 to $30 + $30.
        assert reached(*both, limits=limits(money(17_00), money(17_01), money(60_00))) == [
            "money:1701",
            "money:6000",
        ]

    def test_one_feature_s_loss_may_outweigh_the_other_s_gain(self) -> None:
        down = moved(40, 15, meter_id=DOCUMENTS, allowance=10)
        assert reached(moved(1_100, 1_110), down, limits=limits(money(40_00))) == []

    def test_a_cap_is_reached_like_a_level_of_money(self) -> None:
        capped = limits(cap=50_00)
        assert reached(moved(1_416, 1_417), limits=capped) == ["spend_cap:5000"]

    def test_a_cap_of_nothing_is_reached_by_the_first_charge(self) -> None:
        assert reached(moved(1_000, 1_001), limits=limits(cap=0)) == ["allowance", "spend_cap:0"]
        # A twenty-fifth of a cent is no charge.
        assert "spend_cap:0" not in reached(moved(1_000, "1000.003"), limits=limits(cap=0))

    def test_each_period_has_its_own_charges(self) -> None:
        late = moved(1_416, 1_417)
        early = moved(0, 10, period=NEXT_PERIOD)
        found = crossings(early, late, limits=limits(money(50_00), overage={CREDITS: 416}))
        assert [(one.limit.name, one.period_starts_at) for one in found] == [("money:5000", PERIOD)]

    def test_money_in_another_currency_measures_nothing(self) -> None:
        foreign = limits(money(1, currency="EUR"), cap=1, currency="EUR")
        assert reached(moved(1_416, 1_417), limits=foreign) == []

    def test_what_is_unlimited_costs_nothing(self) -> None:
        unlimited = moved(0, 9_000, allowance=None, overage=(0, 9_000))
        assert reached(unlimited, limits=limits(money(1), cap=1)) == []


@pytest.mark.parametrize("name", ["percent:80", "credits:0.5", "money:5000", "allowance"])
def test_a_limit_is_known_by_its_name(name: str) -> None:
    assert Limit.named(name).name == name
