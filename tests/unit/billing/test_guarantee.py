"""
What a no-increase guarantee gives back. The article: "Strategy 3: Guarantee No Increase (The
Safety Net)"; its $750 are from "Strategy 2: Show Them the Math".
"""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.choices import GuaranteeRule
from billing.rating.guarantee import (
    ComparedMonth,
    Conversion,
    Rule,
    credit_due,
    credits_of,
    expected_credit,
    used_before,
)
from config.kernel.money import Money

SIX = [700_00, 810_00, 750_00, 900_00, 640_00, 760_00]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def compared(now: Sequence[int], *, before: int = 750_00) -> list[ComparedMonth]:
    return [ComparedMonth(usd(before), usd(minor)) for minor in now]


def minors(credits: Sequence[Money]) -> list[int]:
    return [credit.minor for credit in credits]


def test_the_rules_are_those_that_campaigns_choose_from() -> None:
    assert [str(rule) for rule in Rule] == GuaranteeRule.values


@pytest.mark.parametrize(
    ("bills", "per_month", "together"),
    [
        (SIX, [0, 60_00, 0, 150_00, 0, 10_00], [0, 0, 0, 0, 0, 60_00]),
        ([299_00, 443_00, 779_00, 299_00, 347_00, 755_00], [0, 0, 29_00, 0, 0, 5_00], [0] * 6),
        (
            [299_00, 299_00, 1_259_00, 299_00, 299_00, 1_379_00],
            [0, 0, 509_00, 0, 0, 629_00],
            [0] * 6,
        ),
        ([750_00] * 6, [0] * 6, [0] * 6),
        ([750_01] * 6, [1] * 6, [0, 0, 0, 0, 0, 6]),
        ([749_99] * 6, [0] * 6, [0] * 6),
    ],
)
def test_six_months_against_750_dollars(
    bills: list[int], per_month: list[int], together: list[int]
) -> None:
    months = compared(bills)
    assert minors(credits_of(rule=Rule.PER_MONTH, months=months, lasts=6)) == per_month
    assert minors(credits_of(rule=Rule.CUMULATIVE, months=months, lasts=6)) == together


def test_together_nothing_is_given_back_before_the_last_month_is_over() -> None:
    months = compared([900_00, 900_00])
    assert credit_due(rule=Rule.CUMULATIVE, months=months, credited=usd(0), is_over=False) == usd(0)
    assert credit_due(rule=Rule.CUMULATIVE, months=months, credited=usd(0), is_over=True) == usd(
        300_00
    )


def test_a_month_that_became_cheaper_later_is_made_up_for() -> None:
    # $60 were given back for $810, and then usage worth $40 was taken back: $770.
    months = compared([770_00, 790_00])
    assert credit_due(
        rule=Rule.PER_MONTH, months=months, credited=usd(60_00), is_over=False
    ) == usd(0)
    months = compared([770_00, 830_00])
    assert credit_due(
        rule=Rule.PER_MONTH, months=months, credited=usd(60_00), is_over=False
    ) == usd(40_00)


def expected(rule: Rule, so_far: Sequence[int], likely: Sequence[int] = (), lasts: int = 6) -> int:
    return expected_credit(
        rule=rule,
        months=compared(so_far),
        likely=compared(likely),
        lasts=lasts,
        currency="USD",
    ).minor


def test_the_months_that_are_left_are_expected_to_be_like_those_so_far() -> None:
    assert expected(Rule.PER_MONTH, [700_00, 810_00, 750_00]) == 60_00
    assert expected(Rule.PER_MONTH, [700_00, 810_00, 750_00], likely=[9_000_00]) == 60_00
    assert expected(Rule.PER_MONTH, [], likely=[850_00, 650_00]) == 300_00
    assert expected(Rule.PER_MONTH, []) == 0
    assert expected(Rule.PER_MONTH, SIX) == 0
    assert expected(Rule.PER_MONTH, [750_01, 750_00], lasts=3) == 1  # half a cent, up
    assert expected(Rule.CUMULATIVE, [700_00, 810_00, 750_00]) == 20_00
    assert expected(Rule.CUMULATIVE, [700_00, 700_00]) == 0
    assert expected(Rule.CUMULATIVE, [], likely=[760_00, 750_00]) == 30_00


PAGES = Conversion("pages", to="credits", factor=Decimal(3))
REPORTS = Conversion("reports", to="credits", factor=Decimal(50))


@pytest.mark.parametrize(
    ("conversions", "counted", "before"),
    [
        ([], ["pages"], {"credits": "100", "minutes": "7"}),
        ([PAGES], ["pages"], {"credits": "100", "minutes": "7", "pages": "33.333333"}),
        ([PAGES], ["pages", "credits"], {"credits": "100", "minutes": "7"}),
        ([PAGES], ["seats"], {"credits": "100", "minutes": "7"}),
        (
            [PAGES, REPORTS],
            ["pages", "reports"],
            {"credits": "100", "minutes": "7", "reports": "2"},
        ),
        ([PAGES, REPORTS], ["pages"], {"credits": "100", "minutes": "7", "pages": "33.333333"}),
    ],
)
def test_what_the_old_plan_did_not_know_is_turned_back(
    conversions: list[Conversion], counted: list[str], before: dict[str, str]
) -> None:
    used = {"credits": Decimal(100), "minutes": Decimal(7)}
    found = used_before(used, conversions=conversions, counted=counted)
    assert found == {code: Decimal(quantity) for code, quantity in before.items()}


MONTHS = st.lists(
    st.builds(
        ComparedMonth,
        before=st.integers(0, 10**9).map(usd),
        now=st.integers(0, 10**9).map(usd),
    ),
    min_size=1,
    max_size=24,
)


@given(months=MONTHS, more=st.integers(0, 3), rule=st.sampled_from(Rule))
def test_nothing_is_ever_taken_and_no_month_gives_back_more_than_it_cost_more(
    months: list[ComparedMonth], more: int, rule: Rule
) -> None:
    credits = minors(credits_of(rule=rule, months=months, lasts=len(months) + more))
    assert all(credit >= 0 for credit in credits)
    if rule is Rule.PER_MONTH:
        assert credits == [max(0, month.increase) for month in months]


@given(months=MONTHS, more=st.integers(0, 3))
def test_together_never_gives_back_more_than_month_by_month_nor_than_the_difference(
    months: list[ComparedMonth], more: int
) -> None:
    lasts = len(months) + more
    together = minors(credits_of(rule=Rule.CUMULATIVE, months=months, lasts=lasts))
    by_month = minors(credits_of(rule=Rule.PER_MONTH, months=months, lasts=lasts))
    for count in range(1, len(months) + 1):
        difference = max(0, sum(month.increase for month in months[:count]))
        assert sum(together[:count]) <= min(sum(by_month[:count]), difference)
    if not more:
        assert sum(together) == max(0, sum(month.increase for month in months))


@given(months=MONTHS, runs=st.lists(st.integers(1, 5), max_size=24), rule=st.sampled_from(Rule))
def test_it_does_not_matter_in_how_many_runs_the_months_are_compared(
    months: list[ComparedMonth], runs: list[int], rule: Rule
) -> None:
    at_once = credits_of(rule=rule, months=months, lasts=len(months))
    given_back: list[Money] = []
    for run in [*runs, len(months)]:
        for index in range(len(given_back), min(len(given_back) + run, len(months))):
            given_back.append(
                credit_due(
                    rule=rule,
                    months=months[: index + 1],
                    credited=sum(given_back, usd(0)),
                    is_over=index + 1 == len(months),
                )
            )
    assert given_back == at_once


@given(months=MONTHS, cuts=st.lists(st.integers(0, 10**9), min_size=24, max_size=24))
def test_what_became_cheaper_later_lowers_what_follows_and_never_raises_it(
    months: list[ComparedMonth], cuts: list[int]
) -> None:
    credited = 0
    for index, month in enumerate(months):
        # By then each earlier month is known to have cost less.
        known = [
            ComparedMonth(past.before, usd(max(0, past.now.minor - cut)))
            for past, cut in zip(months[:index], cuts, strict=False)
        ]
        due = credit_due(
            rule=Rule.PER_MONTH,
            months=[*known, month],
            credited=usd(credited),
            is_over=False,
        )
        assert 0 <= due.minor <= max(0, month.increase)
        credited += due.minor
