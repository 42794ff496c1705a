"""The page of an offer: the customer's own months, both bills, the date, and the answer."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, Organization, User
from billing.models import Agreement
from tests.factories.catalog import ArticleCatalog
from tests.factories.offers import make_legacy_customer, make_real_offer, offer_of

from .conftest import NOW, SignIn
from .reading import text_of

pytestmark = pytest.mark.django_db

PAGE = "/plan/offer/"
# The period that runs ends on 11 October; 90 days from 20 September end on 19 December.
MOVES = datetime(2027, 1, 11, 12, tzinfo=UTC)
NEXT = datetime(2026, 10, 11, 12, tzinfo=UTC)


@pytest.fixture
def legacy(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """$750 a month for 10 seats, and 1,800 credits used in each of three months."""
    return make_legacy_customer(acme, catalog, used=(1_800, 1_800, 1_800), now=NOW)


def test_it_shows_the_customers_own_numbers_as_the_article_does(
    catalog: ArticleCatalog, acme: Organization, legacy: Agreement, alice: User, sign_in: SignIn
) -> None:
    """Strategy 2 of the article: $750, 1,800 credits, $299, and $451 saved."""
    make_real_offer(legacy, catalog, now=NOW, guarantee_months=6)

    page = text_of(sign_in(alice).get(PAGE))

    assert "You save $451.00 a month with Professional" in page
    assert (
        "What you used in the last 3 months comes to $750.00 a month on Team seats on average, and "
        "would have come to $299.00 on Professional. You save $451.00 a month." in page
    )
    assert "1,800 credits $750.00 $299.00" in page
    # $99 and 800 credits at $0.15: cheaper, but ten people do not fit.
    assert "Starter Does not fit: 10 seats today, 5 are included. $219.00 $219.00" in page
    assert "If you accept, you move to Professional on 11 Jan 2027, 12:00 UTC" in page
    assert "In each of the first 6 months after the move" in page
    assert "Team seats is not sold any more" in page
    assert offer_of(acme).seen_at == NOW


def test_it_never_says_that_somebody_saves_who_pays_more(
    catalog: ArticleCatalog, acme: Organization, alice: User, sign_in: SignIn
) -> None:
    heavy = make_legacy_customer(acme, catalog, used=(9_000, 12_000), now=NOW)
    make_real_offer(heavy, catalog, now=NOW)

    page = text_of(sign_in(alice).get(PAGE))

    # $299 and 4,000 or 7,000 credits at $0.12: $779 and $1,139; rollover changes nothing here.
    assert "Professional costs you $209.00 more a month" in page
    assert "$959.00" in page and "$1,139.00" in page
    assert "save" not in page.lower()
    assert all("save" not in str(message.body) for message in mail.outbox)


def test_alice_accepts_with_one_click_for_the_date_that_she_was_shown(
    catalog: ArticleCatalog, acme: Organization, legacy: Agreement, alice: User, sign_in: SignIn
) -> None:
    make_real_offer(legacy, catalog, now=NOW)
    client = sign_in(alice)

    answer = client.post(f"{PAGE}accept/", {"effective_at": MOVES.isoformat()}, follow=True)

    page = text_of(answer)
    assert "You have accepted. Until the move everything stays as it is." in page
    assert "You move to Professional on 11 Jan 2027, 12:00 UTC." in page
    accepted = offer_of(acme)
    assert (accepted.status, accepted.effective_at) == ("accepted", MOVES)
    assert accepted.answered_by == alice
    assert AuditEntry.objects.get(action="repricing_offer.accepted").actor == alice.email

    back = client.post(f"{PAGE}decline/", follow=True)
    assert "Your plan stays as it is." in text_of(back)
    assert offer_of(acme).status == "declined"


def test_less_notice_has_to_be_asked_for_in_so_many_words(
    catalog: ArticleCatalog, acme: Organization, legacy: Agreement, alice: User, sign_in: SignIn
) -> None:
    make_real_offer(legacy, catalog, now=NOW)
    client = sign_in(alice)
    sooner = {"effective_at": NEXT.isoformat()}

    refused = client.post(f"{PAGE}accept/", sooner, follow=True)
    assert "Nothing changes before the notice of 90 days has run." in text_of(refused)
    assert offer_of(acme).status == "open"

    client.post(f"{PAGE}accept/", {**sooner, "waives_notice": "on"})
    assert (offer_of(acme).effective_at, offer_of(acme).waived_at) == (NEXT, NOW)


def test_where_everybody_moves_nothing_is_to_be_declined(
    catalog: ArticleCatalog, acme: Organization, legacy: Agreement, alice: User, sign_in: SignIn
) -> None:
    make_real_offer(legacy, catalog, now=NOW, must_move=True)
    client = sign_in(alice)
    assert "You need not do anything." in text_of(client.get(PAGE))
    refused = client.post(f"{PAGE}decline/", follow=True)
    assert "Everybody on Team seats moves. You can end your plan before that." in text_of(refused)
    assert offer_of(acme).status == "open"


def test_strangers_and_those_who_may_not_see_nothing_of_it(
    catalog: ArticleCatalog,
    legacy: Agreement,
    bob: User,
    charlie: User,
    sign_in: SignIn,
    acme: Organization,
) -> None:
    make_real_offer(legacy, catalog, now=NOW)
    assert sign_in(bob).get(PAGE).status_code == 403
    assert sign_in(charlie).post(f"{PAGE}accept/").status_code == 302
    assert offer_of(acme).status == "open"


def test_without_an_offer_the_page_leads_to_the_plan(
    legacy: Agreement, alice: User, sign_in: SignIn
) -> None:
    answer = sign_in(alice).get(PAGE, follow=True)
    assert answer.redirect_chain == [("/plan/", 302)]
    assert "There is no offer for you to answer." in text_of(answer)


def test_it_costs_few_statements(
    catalog: ArticleCatalog,
    legacy: Agreement,
    alice: User,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_real_offer(legacy, catalog, now=NOW, guarantee_months=6)
    client = sign_in(alice)
    assert client.get(PAGE).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(PAGE).status_code == 200


def test_every_page_leads_to_an_offer_that_waits_for_an_answer(
    catalog: ArticleCatalog, acme: Organization, legacy: Agreement, alice: User, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    before = client.get("/overview/")
    assert "There is something new about your plan." not in text_of(before)
    make_real_offer(legacy, catalog, now=NOW)
    page = client.get("/overview/")
    assert "There is something new about your plan. See your own numbers" in text_of(page)
    assert [link.label for link in page.context["shell"].nav].count("Your offer") == 1
    here = client.get(PAGE).context["shell"].nav
    assert [link.label for link in here if link.is_current] == ["Your offer"]
    client.post(f"{PAGE}accept/", {"effective_at": MOVES.isoformat()})
    assert "There is something new" not in text_of(client.get("/overview/"))
