"""
A guarantee is kept month by month: what the month cost, what it would have cost before, and the
difference given back once. The article: "Strategy 3: Guarantee No Increase (The Safety Net)".
"""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, Organization, WebhookEvent
from billing.agreements.changes import change_plan_by_staff, change_seats
from billing.agreements.operations import cancel_agreement
from billing.choices import GuaranteeRule
from billing.models import Guarantee, GuaranteeClaim, MoneyCredit
from billing.repricing.guarantees.keeping import keep_all_guarantees, keep_guarantees
from billing.repricing.guarantees.operations import begin_guarantee
from billing.usage.operations import reverse_usage
from tests.factories.agreements import make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog, fixed, make_plan, make_version, metered
from tests.factories.catalog import per_seat as each_seat
from tests.factories.guarantees import (
    HOUR,
    MOVED,
    live_through,
    make_campaign,
    make_guarantee,
    make_legacy_plan,
    make_plain_plan,
    month_start,
    move_by_offer,
)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def plans(catalog: ArticleCatalog) -> None:
    make_legacy_plan(catalog)
    make_plain_plan(catalog)


def claims(organization: Organization) -> list[tuple[float, float, float]]:
    """Before, now and given back, in dollars, month by month."""
    rows = GuaranteeClaim.objects.owned_by(organization).order_by("guarantee", "month")
    return [
        (old / 100, new / 100, credit / 100)
        for old, new, credit in rows.values_list("old_minor", "new_minor", "credit_minor")
    ]


def given(organization: Organization) -> list[float]:
    credits = MoneyCredit.objects.owned_by(organization).order_by("pk")
    return [minor / 100 for minor in credits.values_list("amount_minor", flat=True)]


def ending(organization: Organization) -> tuple[str, object]:
    guarantee = Guarantee.objects.owned_by(organization).get()
    return guarantee.end_reason, guarantee.ended_at


def test_every_month_that_costs_more_gives_back_the_difference(acme: Organization) -> None:
    make_guarantee(acme, "plain")
    live_through(acme, 100, 210, 150, 300, 40, 160)
    assert claims(acme) == [
        (750, 700, 0),
        (750, 810, 60),
        (750, 750, 0),
        (750, 900, 150),
        (750, 640, 0),
        (750, 760, 10),
    ]
    assert given(acme) == [60, 150, 10]
    assert ending(acme) == ("lasted", month_start(7))
    assert list(MoneyCredit.objects.owned_by(acme).values_list("cause", "reason")[:1]) == [
        ("guarantee", "No-increase guarantee, month 2 of 6: $810 instead of $750")
    ]


def test_after_the_last_month_nothing_is_compared_any_more(acme: Organization) -> None:
    make_guarantee(acme, "plain", months=1)
    live_through(acme, 100, 900)
    assert claims(acme) == [(750, 700, 0)]
    assert given(acme) == []


def test_together_the_difference_of_all_months_comes_once_with_the_last(
    acme: Organization,
) -> None:
    make_guarantee(acme, "plain", rule=GuaranteeRule.CUMULATIVE)
    live_through(acme, 100, 210, 150, 300, 40)
    assert given(acme) == []
    live_through(acme, 160, since=6)
    assert given(acme) == [60]
    assert [credit for *_amounts, credit in claims(acme)] == [0, 0, 0, 0, 0, 60]


def test_a_month_is_compared_once_its_hour_of_grace_is_over(acme: Organization) -> None:
    make_guarantee(acme, "plain")
    use(acme, "e1", 210, at=MOVED + HOUR)
    moment = timedelta(microseconds=1)
    assert keep_guarantees(organization_id=acme.pk, now=month_start(2) + HOUR - moment) == 0
    assert keep_all_guarantees(now=month_start(2) + HOUR - moment) == 0
    assert keep_all_guarantees(now=month_start(2) + HOUR) == 1
    assert keep_all_guarantees(now=month_start(2) + HOUR) == 0
    assert keep_guarantees(organization_id=acme.pk, now=month_start(2) + HOUR) == 0
    assert given(acme) == [60]


def test_months_that_were_missed_come_to_what_they_would_have_come_to(
    acme: Organization, globex: Organization
) -> None:
    for organization in (acme, globex):
        make_guarantee(organization, "plain")
    live_through(globex, 100, 210, 150, 300, 40, 160)
    for number, quantity in enumerate([100, 210, 150, 300, 40, 160], start=1):
        use(acme, f"month-{number}", quantity, at=month_start(number) + HOUR)
    keep_all_guarantees(now=month_start(8))
    assert claims(acme) == claims(globex)


def test_what_was_taken_back_of_a_month_later_lowers_what_is_given_back_next(
    acme: Organization,
) -> None:
    make_guarantee(acme, "plain")
    live_through(acme, 210)
    later = month_start(2) + DAY
    reverse_usage(organization_id=acme.pk, event_id="month-1", reason="failed", now=later)
    live_through(acme, 190, since=2)
    live_through(acme, 210, since=3)
    assert claims(acme) == [(750, 810, 60), (750, 790, 0), (750, 810, 40)]


def test_a_reversal_whose_clock_was_read_before_the_comparison_is_deducted_too(
    acme: Organization,
) -> None:
    make_guarantee(acme, "plain")
    live_through(acme, 210)
    waited = month_start(2) + HOUR - timedelta(seconds=1)
    reverse_usage(organization_id=acme.pk, event_id="month-1", reason="failed", now=waited)
    live_through(acme, 190, 210, since=2)
    assert claims(acme) == [(750, 810, 60), (750, 790, 0), (750, 810, 40)]


def test_the_old_terms_are_rated_on_the_usage_of_the_month(
    acme: Organization, catalog: ArticleCatalog
) -> None:
    # 1,000 of 1,000 in the month before the move: nothing rolls over. Then $100 and $0.50 each.
    old = make_version(
        make_plan(catalog.legacy, "old_credits"),
        metered(catalog.credits, 1_000, overage="0.50"),
        prices=(fixed("100"),),
        included_seats=5,
    )
    agreement = make_agreement(acme, "old_credits")
    use(acme, "before", 1_000, at=MOVED - DAY)
    offer = move_by_offer(agreement, "plain", campaign=make_campaign())
    guarantee = begin_guarantee(offer=offer, now=MOVED)
    assert guarantee is not None
    assert guarantee.old_version == old
    live_through(acme, 900, 1_500, 2_100)
    assert claims(acme) == [(100, 1_500, 1_400), (350, 2_100, 1_750), (650, 2_700, 2_050)]


def test_seats_that_are_added_cost_more_on_the_old_terms_too(
    acme: Organization, catalog: ArticleCatalog
) -> None:
    make_version(
        make_plan(catalog.current, "lighter_seats"),
        metered(catalog.credits, 0, overage="1"),
        prices=(each_seat("60"),),
    )
    guarantee = make_guarantee(acme, "lighter_seats")
    use(acme, "month-1", 200, at=month_start(1) + HOUR)
    change_seats(agreement=guarantee.agreement, seats=12, actor=STAFF, now=month_start(2) - HOUR)
    live_through(acme, 0, 200)
    assert claims(acme) == [(750, 800, 50), (900, 920, 20)]


def test_where_seats_are_included_those_of_before_are_compared(acme: Organization) -> None:
    guarantee = make_guarantee(acme, "plain")
    assert (guarantee.old_seats, guarantee.seats) == (10, 20)
    live_through(acme, 0)
    assert claims(acme) == [(750, 600, 0)]


def test_an_offer_is_guaranteed_once_and_a_campaign_without_gives_none(
    acme: Organization, globex: Organization
) -> None:
    guarantee = make_guarantee(acme)
    assert begin_guarantee(offer=guarantee.offer, now=MOVED + DAY) == guarantee
    agreement = make_agreement(globex, "team_seats", seats=2)
    offer = move_by_offer(agreement, "professional", campaign=make_campaign(months=0))
    assert begin_guarantee(offer=offer, now=MOVED) is None
    assert Guarantee.objects.count() == 1


def test_it_is_told_and_written_down(acme: Organization) -> None:
    guarantee = make_guarantee(acme, "plain", months=2)
    live_through(acme, 210, 100)
    told = WebhookEvent.objects.filter(organization=acme, type__startswith="guarantee.")
    assert list(told.order_by("pk").values_list("type", flat=True)) == [
        "guarantee.started",
        "guarantee.credited",
        "guarantee.ended",
    ]
    credited = told.get(type="guarantee.credited").data
    assert credited["before"] == {"amount_minor": 750_00, "currency": "USD"}
    assert credited["now"] == {"amount_minor": 810_00, "currency": "USD"}
    assert credited["credit"] == {"amount_minor": 60_00, "currency": "USD"}
    assert told.get(type="guarantee.ended").data["end_reason"] == "lasted"
    entries = AuditEntry.objects.filter(target=guarantee.public_id).order_by("pk")
    assert list(entries.values_list("action", flat=True)) == [
        "guarantee.started",
        "guarantee.ended",
    ]


class TestEndingEarly:
    def test_a_move_to_a_dearer_plan_ends_it_and_its_month_is_not_compared(
        self, acme: Organization
    ) -> None:
        guarantee = make_guarantee(acme, "plain")
        live_through(acme, 210)
        use(acme, "more", 900, at=month_start(2) + HOUR)
        moved = month_start(2) + 5 * DAY
        change_plan_by_staff(
            agreement=guarantee.agreement, plan_code="enterprise", actor=STAFF, reason="", now=moved
        )
        keep_all_guarantees(now=month_start(3) + HOUR)
        assert claims(acme) == [(750, 810, 60)]
        assert ending(acme) == ("moved_up", moved)

    def test_a_move_to_a_cheaper_plan_does_not(self, acme: Organization) -> None:
        guarantee = make_guarantee(acme, "plain")
        live_through(acme, 210)
        change_plan_by_staff(
            agreement=guarantee.agreement,
            plan_code="starter",
            actor=STAFF,
            reason="",
            now=month_start(2),
        )
        live_through(acme, 6_000, since=2)
        assert claims(acme)[1] == (750, 849, 99)  # 99 + 5,000 x 0.15
        assert ending(acme) == ("", None)

    def test_together_what_was_due_until_then_is_given_back(self, acme: Organization) -> None:
        guarantee = make_guarantee(acme, "plain", rule=GuaranteeRule.CUMULATIVE)
        live_through(acme, 210, 100)
        moved = month_start(3) + 5 * DAY
        change_plan_by_staff(
            agreement=guarantee.agreement, plan_code="enterprise", actor=STAFF, reason="", now=moved
        )
        keep_all_guarantees(now=month_start(4) + HOUR)
        assert claims(acme) == [(750, 810, 0), (750, 700, 0), (0, 0, 10)]
        assert ending(acme) == ("moved_up", moved)

    def test_who_leaves_within_a_month_gets_what_the_months_before_were_worth(
        self, acme: Organization
    ) -> None:
        guarantee = make_guarantee(acme, "plain")
        use(acme, "e1", 210, at=month_start(1) + HOUR)
        left = month_start(2) + DAY
        keep_all_guarantees(now=left - HOUR)
        cancel_agreement(agreement=guarantee.agreement, reason="", actor=STAFF, now=left)
        keep_all_guarantees(now=month_start(3) + HOUR)
        assert claims(acme) == [(750, 810, 60)]
        assert ending(acme) == ("left", left)

    def test_a_newer_guarantee_takes_its_place_from_its_first_month_on(
        self, acme: Organization
    ) -> None:
        guarantee = make_guarantee(acme, "plain")
        live_through(acme, 210)
        offer = move_by_offer(
            guarantee.agreement,
            "starter",
            campaign=make_campaign(name="Newer prices"),
            at=month_start(2),
        )
        newer = begin_guarantee(offer=offer, now=month_start(2))
        live_through(acme, 6_000, since=2)
        guarantee.refresh_from_db()
        assert (guarantee.end_reason, guarantee.ended_at) == ("replaced", month_start(2))
        assert newer is not None
        assert newer.claims.count() == 1
        # On plain terms: 600 + 6,000.
        assert claims(acme) == [(750, 810, 60), (6_600, 849, 0)]
