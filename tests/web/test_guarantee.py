"""The no-increase guarantee in the portal: what was promised, and each month on both terms."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import Organization, User
from billing.choices import GuaranteeRule
from tests.factories.agreements import make_agreement
from tests.factories.catalog import ArticleCatalog, fixed, make_plan, make_version
from tests.factories.guarantees import (
    HOUR,
    live_through,
    make_guarantee,
    make_legacy_plan,
    make_plain_plan,
    month_start,
)
from tests.support.statements import at_most

from .conftest import Clock, SignIn
from .reading import text_of

PAGE = "/plan/guarantee/"
Reads = Callable[[str, datetime], str]


@pytest.fixture(autouse=True)
def plans(catalog: ArticleCatalog) -> None:
    make_legacy_plan(catalog)
    make_plain_plan(catalog)


@pytest.fixture
def read(alice: User, acme: Organization, sign_in: SignIn, clock: Clock) -> Reads:
    """What Alice reads at an address, at a moment."""

    def read(address: str, at: datetime) -> str:
        clock.move_to(at)
        browser = sign_in(alice)
        browser.get(address)
        with at_most(12):
            return text_of(browser.get(address))

    return read


def test_without_a_guarantee_there_is_no_such_page(
    acme: Organization, alice: User, sign_in: SignIn
) -> None:
    make_agreement(acme, "starter")
    assert sign_in(alice).get(PAGE).status_code == 404
    for address in ("/plan/", "/invoices/"):
        assert PAGE not in sign_in(alice).get(address).content.decode()


def test_before_the_first_month_is_over_the_promise_is_told(
    read: Reads, acme: Organization
) -> None:
    make_guarantee(acme)
    text = read(PAGE, month_start(1) + HOUR)
    assert (
        "For 6 months, Professional costs you no more in any month than Team seats would "
        "have. What a month costs more is given back." in text
    )
    assert "6 months to go" in text
    assert "No month is over yet." in text


def test_what_the_last_month_cost_more_comes_off_the_next_invoice(
    read: Reads, acme: Organization, no_query_in_templates: None
) -> None:
    make_guarantee(acme)
    live_through(acme, 5_000, 6_200, 9_000)
    later = month_start(4) + 2 * HOUR
    page = read(PAGE, later)
    assert (
        "10 Dec \N{EN DASH} 10 Jan: it cost $779.00, before it would have been $750.00. "
        "$29.00 was given as credit for your invoices." in page
    )
    assert "3 months to go" in page
    assert "Professional instead of Team seats" in page
    assert "10 Nov \N{EN DASH} 10 Dec 2026 $750.00 $443.00 $307.00 less nothing" in page
    assert "10 Dec \N{EN DASH} 10 Jan 2027 $750.00 $779.00 $29.00 more $29.00" in page
    assert "So far $2,250.00 $1,521.00 $729.00 less $29.00 USD" in page


def test_together_a_dear_month_is_not_given_back_at_once(read: Reads, acme: Organization) -> None:
    make_guarantee(acme, "plain", rule=GuaranteeRule.CUMULATIVE, months=2)
    live_through(acme, 210)
    text = read(PAGE, month_start(2) + 2 * HOUR)
    assert "before it would have been $750.00. All months count together, after the last." in text
    assert "1 month to go" in text
    live_through(acme, 150, since=2)
    page = read(PAGE, month_start(3) + 2 * HOUR)
    assert "Its months are over" in page
    assert "10 Nov \N{EN DASH} 10 Dec 2026 $750.00 $750.00 none $60.00" in page


def test_the_plan_page_leads_to_it_until_it_is_long_over(
    acme: Organization, alice: User, sign_in: SignIn, clock: Clock
) -> None:
    make_guarantee(acme, months=1)
    live_through(acme, 5_000)
    for days, is_shown in ((92, True), (93, False)):
        clock.move_to(month_start(2) + timedelta(days=days))
        for address in ("/plan/", "/invoices/"):
            assert (PAGE in sign_in(alice).get(address).content.decode()) is is_shown


def test_who_is_about_to_move_up_is_told_that_the_guarantee_ends(
    acme: Organization, alice: User, sign_in: SignIn, clock: Clock, catalog: ArticleCatalog
) -> None:
    make_version(make_plan(catalog.current, "scale", position=4), prices=(fixed("999"),))
    make_guarantee(acme)
    clock.move_to(month_start(1) + HOUR)
    browser = sign_in(alice)
    warning = "Your no-increase guarantee ends with this change"
    assert warning in text_of(browser.get("/plan/change/?plan=scale"))
    assert warning not in text_of(browser.get("/plan/change/?plan=starter"))


def test_strangers_and_members_see_nothing_of_it(
    acme: Organization, bob: User, charlie: User, sign_in: SignIn
) -> None:
    make_guarantee(acme)
    for person in (bob, charlie):
        assert sign_in(person).get(PAGE).status_code != 200
