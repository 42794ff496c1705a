"""Outcomes: who sees what, what each costs, and what is said against it."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.models import OutcomeDispute
from billing.outcomes.disputes import decide_dispute
from tests.factories.accounts import make_organization
from tests.factories.catalog import STAFF
from tests.factories.outcomes import define, report_outcome, sell_outcomes

from .conftest import NOW, ON_THE_15TH, SignIn
from .reading import part_of, text_of


@pytest.fixture
def resolved(acme: Organization) -> Organization:
    """Acme pays $0.99 for each ticket beyond two that are included; it takes three days."""
    sell_outcomes(acme, included=2, confirmation_days=3, reversal_days=14)
    return acme


def in_navigation(client: Client) -> bool:
    return 'href="/outcomes/"' in client.get("/overview/").content.decode()


def test_it_is_in_the_navigation_where_an_outcome_is_priced_or_recorded(
    acme: Organization, alice: User, charlie: User, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert not in_navigation(client)
    define("meeting_booked")
    assert not in_navigation(client)
    report_outcome(acme, code="meeting_booked", at=ON_THE_15TH)
    assert in_navigation(client)


def test_what_is_priced_is_there_before_anything_is_recorded(
    resolved: Organization, alice: User, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert in_navigation(client)
    page = client.get("/outcomes/")
    assert "2 included, then $0.99 per resolution" in part_of(page, "kinds-title")
    assert "No outcomes yet." in part_of(page, "list-title")


def test_the_list_says_where_each_stands_and_what_it_costs(
    resolved: Organization, alice: User, sign_in: SignIn
) -> None:
    define("article_published", name="Article published")
    report_outcome(resolved, "ticket-1", at=NOW, occurred_at=ON_THE_15TH - timedelta(days=3))
    report_outcome(resolved, "ticket-2", at=NOW)
    report_outcome(resolved, "article-9", code="article_published", at=NOW)
    page = sign_in(alice).get("/outcomes/")
    assert part_of(page, "kinds-title").endswith(
        "Article published 1 0 0 Not charged "
        "Ticket resolved 1 1 0 2 included, then $0.99 per resolution"
    )
    assert part_of(page, "list-title").endswith(
        "article-9 Article published 20 Sep 2026, 12:00 UTC Confirmed Not charged "
        "ticket-2 Ticket resolved 20 Sep 2026, 12:00 UTC Pending Charged once confirmed "
        "ticket-1 Ticket resolved 12 Sep 2026, 09:00 UTC Confirmed On the next settlement"
    )


def test_members_see_no_price_and_dispute_nothing(
    resolved: Organization, bob: User, sign_in: SignIn
) -> None:
    outcome = report_outcome(resolved, "ticket-1", at=NOW)
    client = sign_in(bob)
    assert "$" not in text_of(client.get("/outcomes/"))
    page = text_of(client.get(f"/outcomes/{outcome.public_id}/"))
    assert "Nobody disputed it." in page
    address = f"/outcomes/{outcome.public_id}/dispute/"
    assert client.post(address, {"reason": "No"}).status_code == 403
    assert not OutcomeDispute.objects.exists()


def test_a_dispute_is_opened_and_its_decision_is_read_there(
    resolved: Organization, alice: User, charlie: User, sign_in: SignIn
) -> None:
    outcome = report_outcome(resolved, "ticket-1", at=NOW)
    client = sign_in(alice)
    address = f"/outcomes/{outcome.public_id}/dispute/"
    assert "This field is required." in text_of(client.post(address, {"reason": " "}))
    answer = text_of(client.post(address, {"reason": "A colleague solved it"}, follow=True))
    assert "We look at it and tell you here what we decide." in answer
    assert "A colleague solved it" in answer
    assert "The outcome was disputed before." in text_of(client.post(address, {"reason": "Again"}))
    dispute = OutcomeDispute.objects.get()
    assert (dispute.opened_by, dispute.opened_at) == ("alice@acme.example", NOW)
    decide_dispute(dispute=dispute, is_upheld=True, reason="You are right", actor=STAFF, now=NOW)
    page = text_of(client.get(f"/outcomes/{outcome.public_id}/"))
    assert "Dispute upheld" in page and "You are right" in page and "Reversed" in page


def test_another_organizations_outcome_is_not_there(
    resolved: Organization, charlie: User, sign_in: SignIn
) -> None:
    make_organization("Globex", owner=charlie)
    outcome = report_outcome(resolved, "ticket-1", at=NOW)
    client = sign_in(charlie)
    assert client.get(f"/outcomes/{outcome.public_id}/").status_code == 404
    assert (
        client.post(f"/outcomes/{outcome.public_id}/dispute/", {"reason": "No"}).status_code == 404
    )
    assert client.get(f"/outcomes/?after={outcome.public_id}").status_code == 404


def test_a_long_list_has_pages(resolved: Organization, alice: User, sign_in: SignIn) -> None:
    for number in range(26):
        report_outcome(resolved, f"ticket-{number}", at=NOW)
    client = sign_in(alice)
    first = client.get("/outcomes/")
    assert "ticket-25" in text_of(first) and "ticket-0 " not in text_of(first)
    older = first.context["page"].older
    assert "ticket-0 " in text_of(client.get(f"/outcomes/{older}"))
