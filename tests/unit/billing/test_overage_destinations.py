"""Which invoice the money of a settlement goes on."""

from datetime import UTC, datetime, timedelta

from billing.stripe.settling.destinations import (
    Destinations,
    Draft,
    Due,
    Standing,
    destinations_of,
)

SEPTEMBER = datetime(2026, 9, 10, 8, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 9, 10, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

RENEWED = Standing(renews_at=NOVEMBER)
ENDED = Standing(renews_at=None)


def with_drafts(*drafts: Draft) -> Standing:
    return Standing(renews_at=NOVEMBER, drafts=drafts)


def test_a_month_goes_on_the_draft_of_the_renewal_at_its_end() -> None:
    found = destinations_of(
        [Due(1, ends_at=OCTOBER, amount_minor=69_00)], with_drafts(Draft("in_october", OCTOBER))
    )
    assert found == Destinations(on_drafts={"in_october": [1]})


def test_two_months_that_are_settled_late_go_on_the_draft_of_their_own_renewal() -> None:
    found = destinations_of(
        [
            Due(1, ends_at=OCTOBER, amount_minor=69_00),
            Due(2, ends_at=NOVEMBER, amount_minor=12_00),
        ],
        with_drafts(Draft("in_november", NOVEMBER + MINUTE), Draft("in_october", OCTOBER)),
    )
    assert found == Destinations(on_drafts={"in_october": [1], "in_november": [2]})


def test_a_draft_made_before_the_period_ended_does_not_take_it() -> None:
    found = destinations_of(
        [Due(1, ends_at=OCTOBER, amount_minor=69_00)],
        with_drafts(Draft("in_september", SEPTEMBER)),
    )
    assert found == Destinations(on_own_invoice=[1])


def test_a_month_waits_while_stripe_has_not_renewed_its_billing_period() -> None:
    found = destinations_of(
        [Due(1, ends_at=OCTOBER, amount_minor=69_00)], Standing(renews_at=OCTOBER)
    )
    assert found == Destinations()


def test_a_month_whose_renewal_takes_no_more_lines_gets_an_invoice_of_its_own() -> None:
    found = destinations_of([Due(1, ends_at=OCTOBER, amount_minor=69_00)], RENEWED)
    assert found == Destinations(on_own_invoice=[1])


def test_a_month_of_a_yearly_agreement_gets_an_invoice_of_its_own() -> None:
    found = destinations_of(
        [Due(1, ends_at=OCTOBER, amount_minor=69_00)], Standing(renews_at=NEXT_YEAR)
    )
    assert found == Destinations(on_own_invoice=[1])


def test_the_last_month_of_a_yearly_agreement_goes_on_its_renewal() -> None:
    found = destinations_of(
        [Due(1, ends_at=NEXT_YEAR, amount_minor=69_00)],
        Standing(renews_at=NEXT_YEAR, drafts=(Draft("in_year", NEXT_YEAR),)),
    )
    assert found == Destinations(on_drafts={"in_year": [1]})


def test_the_last_month_of_an_agreement_that_has_ended_gets_an_invoice_of_its_own() -> None:
    found = destinations_of([Due(1, ends_at=OCTOBER, amount_minor=69_00)], ENDED)
    assert found == Destinations(on_own_invoice=[1])


def test_a_correction_goes_on_a_draft_that_is_there() -> None:
    found = destinations_of(
        [Due(1, ends_at=SEPTEMBER, amount_minor=-5_00)], with_drafts(Draft("in_october", OCTOBER))
    )
    assert found == Destinations(on_drafts={"in_october": [1]})


def test_a_correction_waits_for_the_next_draft() -> None:
    found = destinations_of([Due(1, ends_at=SEPTEMBER, amount_minor=-5_00)], RENEWED)
    assert found == Destinations()


def test_a_correction_goes_along_where_an_invoice_is_needed_anyway() -> None:
    found = destinations_of(
        [
            Due(1, ends_at=SEPTEMBER, amount_minor=-5_00),
            Due(2, ends_at=OCTOBER, amount_minor=69_00),
        ],
        Standing(renews_at=NEXT_YEAR),
    )
    assert found == Destinations(on_own_invoice=[1, 2])


def test_a_correction_is_credited_once_no_invoice_will_come() -> None:
    found = destinations_of([Due(1, ends_at=OCTOBER, amount_minor=-5_00)], ENDED)
    assert found == Destinations(credited=[1])


def test_what_waits_for_a_renewal_does_not_go_on_another_invoice() -> None:
    found = destinations_of(
        [
            Due(1, ends_at=OCTOBER, amount_minor=69_00),
            Due(2, ends_at=NOVEMBER, amount_minor=12_00),
        ],
        RENEWED,
    )
    assert found == Destinations(on_own_invoice=[1])


def test_what_a_draft_has_no_room_for_waits_for_a_later_invoice() -> None:
    dues = [Due(number, ends_at=OCTOBER, amount_minor=-1_00) for number in (1, 2, 3)]
    found = destinations_of(dues, with_drafts(Draft("in_october", OCTOBER, room=2)))
    assert found.on_drafts == {"in_october": [1, 2]}
    assert found.on_own_invoice == found.credited == []
