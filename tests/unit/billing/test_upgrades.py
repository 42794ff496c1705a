from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from billing.agreements.upgrades import is_upgrade, list_losses
from billing.catalog.terms import FeatureTerms, VersionTerms
from billing.choices import FeatureKind, ValueType, WhenPastDue
from config.kernel.money import Money
from metering.choices import Aggregation, MeterSource
from metering.credits.rollover import Basis, RolloverPolicy
from tests.factories.pricing import per_unit

QUARTER = RolloverPolicy(Basis.UNUSED, 25, term_periods=1)
ONE_DOLLAR = Money(100, "USD")


def credits(allowance: int | None, **more: Any) -> FeatureTerms:
    terms = FeatureTerms(
        feature_id=1,
        code="ai_credits",
        kind=FeatureKind.METERED,
        value_type="",
        value=None,
        meter_id=1,
        allowance=None if allowance is None else Decimal(allowance),
        limit=None,
        overage={"USD": per_unit("0.15")},
        rollover=None,
        when_past_due=WhenPastDue.ALLOW,
        aggregation=Aggregation.SUM,
        unique_property="",
        source=MeterSource.REPORTS,
    )
    return replace(terms, **more)


def flag(value: Any, value_type: str = ValueType.BOOLEAN) -> FeatureTerms:
    return replace(
        credits(None),
        feature_id=2,
        code="support",
        kind=FeatureKind.UNMETERED,
        value_type=value_type,
        value=value,
        meter_id=None,
        overage={},
    )


def plan(*features: FeatureTerms, seats: int | None = None) -> VersionTerms:
    return VersionTerms(1, 1, 1, included_seats=seats, prices=(), features=features)


def losses(before: FeatureTerms, *after: FeatureTerms) -> list[str]:
    return list_losses(plan(before), plan(*after), currency="USD")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (credits(1_000), credits(1_000)),
        (credits(1_000), credits(5_000)),
        (credits(1_000), credits(None)),
        (credits(1_000, limit=Decimal(2_000)), credits(1_000)),
        (credits(1_000), credits(1_000, overage={"USD": per_unit("0.20")})),
        (credits(1_000), credits(None, overage={})),
        (credits(1_000, rollover=QUARTER), credits(None)),
        (flag(False), flag(True)),
        (flag(True), flag(True)),
        (flag(5, ValueType.NUMBER), flag(10, ValueType.NUMBER)),
        (flag("mail", ValueType.STRING), flag("mail", ValueType.STRING)),
    ],
)
def test_what_stays_or_grows_is_no_loss(before: FeatureTerms, after: FeatureTerms) -> None:
    assert losses(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (credits(1_000), credits(999)),
        (credits(None), credits(1_000_000)),
        (credits(1_000), credits(1_000, limit=Decimal(2_000))),
        (credits(1_000, limit=Decimal(2_000)), credits(1_000, limit=Decimal(1_999))),
        (credits(1_000), credits(1_000, overage={})),
        (credits(1_000, rollover=QUARTER), credits(1_000)),
        (flag(True), flag(False)),
        (flag(10, ValueType.NUMBER), flag(5, ValueType.NUMBER)),
        (flag("phone", ValueType.STRING), flag("mail", ValueType.STRING)),
    ],
)
def test_what_shrinks_is_a_loss(before: FeatureTerms, after: FeatureTerms) -> None:
    assert losses(before, after) == [before.code]


def test_a_feature_that_is_not_there_any_more_is_a_loss() -> None:
    assert losses(credits(0)) == ["ai_credits"]
    assert losses(flag(True)) == ["support"]
    assert losses(flag(False)) == []


def test_fewer_seats_are_a_loss() -> None:
    assert list_losses(plan(seats=5), plan(seats=20), currency="USD") == []
    assert list_losses(plan(seats=5), plan(), currency="USD") == []
    assert list_losses(plan(seats=20), plan(seats=5), currency="USD") == ["seats"]
    assert list_losses(plan(), plan(seats=5), currency="USD") == ["seats"]


@pytest.mark.parametrize(
    ("base_after", "allowance_after", "expected"),
    [
        (101, 5_000, True),
        (101, 500, True),
        (100, 1_000, True),
        (100, 999, False),
        (99, 1_000, True),
        (99, 999, False),
    ],
)
def test_dearer_or_nothing_lost_is_an_upgrade(
    base_after: int, allowance_after: int, *, expected: bool
) -> None:
    verdict = is_upgrade(
        plan(credits(1_000)),
        plan(credits(allowance_after)),
        base_before=ONE_DOLLAR,
        base_after=Money(base_after, "USD"),
    )
    assert verdict is expected
