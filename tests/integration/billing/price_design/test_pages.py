"""The staff's pages: what actions take, what if, the next rate, and the review."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Organization
from billing.models import PriceReview, RateChange
from billing.price_design.notices import tell_of_rate_changes
from billing.price_design.reviews import open_due_review
from metering.models import ActionRate
from tests.factories.accounts import make_person
from tests.factories.agreements import make_agreement
from tests.factories.analytics import price_documents
from tests.factories.catalog import ArticleCatalog
from tests.factories.price_book import make_model

DAY = timedelta(days=1)
REPORT = "/admin/reports/price-design/actions/GENERATE_REPORT"
PAGES = ["", "/what-if", "/reviews", "/actions/GENERATE_REPORT"]


@pytest.fixture
def staff(catalog: ArticleCatalog) -> Client:
    client = Client()
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


def text(client: Client, path: str, **query: str) -> str:
    answer = client.get(f"/admin/reports/price-design{path}", query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split()).replace("\N{NO-BREAK SPACE}", " ")


def next_rate(credits: str, at: datetime, **others: str) -> dict[str, Any]:
    """The form of a rate with one part."""
    return {
        "credits": credits,
        "effective_at": f"{at:%Y-%m-%dT%H:%M}",
        "notice_days": "30",
        "reason": "Costs rose",
        "part-TOTAL_FORMS": "1",
        "part-INITIAL_FORMS": "1",
        "part-0-name": "model",
        "part-0-unit_cost": "1.58",
        **others,
    }


def test_actions_are_held_against_the_target(staff: Client) -> None:
    shown = text(staff, "")
    assert "1 action takes too few credits for the target" in shown
    assert (
        "Generate report takes 50; 62 would do. Its margin is 73.7 %, and 63.1 % with the buffer."
    ) in shown
    assert "Generate report: 50 on the rate card, 62 by the formula." in shown
    assert "Allowance: $299.00 for 5,000" in shown
    assert "47.2 %" in shown


def test_another_aim_asks_for_other_credits(staff: Client) -> None:
    shown = text(staff, "", price="0.12", target="70", buffer="0", basis="card")
    assert "Every action reaches the target at $0.12 a credit" in shown
    assert "Generate report: 50 on the rate card, 44 by the formula." in shown


def test_a_cost_of_a_credit_is_priced(staff: Client) -> None:
    shown = text(staff, "", cost="0.035")
    assert "What costs $0.035 sells for $0.1167 at a margin of 70 %: $0.12, rounded up." in shown


@pytest.mark.parametrize(
    "query",
    [
        {"price": "abc"},
        {"price": "0"},
        {"price": "-1"},
        {"target": "100"},
        {"buffer": "-3"},
        {"meter": "nothing"},
        {"cost": "x" * 500},
        {"basis": "guess"},
    ],
)
def test_what_cannot_be_asked_is_said_so(staff: Client, query: dict[str, str]) -> None:
    assert "62 by the formula" in text(staff, "", **query)


def test_the_table_is_a_file_as_well(staff: Client) -> None:
    answer = staff.get("/admin/reports/price-design?format=csv")
    lines = answer.getvalue().decode().splitlines()
    assert lines[0].startswith("Action,Name,Value to a customer,Cost on the rate card")
    assert lines[3].startswith("GENERATE_REPORT,Generate report,150")
    assert lines[3].endswith("62,73.7,63.1,True")


def test_a_price_of_a_model_is_tried(staff: Client) -> None:
    make_model("opus", "10", "30", "1")
    shown = text(staff, "/what-if", model="opus", input="1", output="3", cached="0.1")
    assert "does not ask this model" in shown
    assert "Put it into the price book" in shown
    wrong = text(staff, "/what-if", model="nobody", input="1", output="x", cached="")
    assert "Actions before and after" not in wrong


def test_more_credits_are_scheduled_with_their_notice(staff: Client, acme: Organization) -> None:
    make_agreement(acme)
    now = datetime.now(UTC)
    early = staff.post(REPORT, next_rate("62", now + 20 * DAY))
    assert b"it can take more from" in early.content
    assert not RateChange.objects.exists()
    assert staff.post(REPORT, next_rate("62", now + 40 * DAY)).status_code == 302
    change = RateChange.objects.get()
    assert (change.credits, change.scheduled_by) == (62, "sam@acme.example")
    assert [part.unit_cost for part in change.rate.cost_components.all()] == [Decimal("1.58")]
    assert "62 from" in text(staff, "")
    answer = staff.post(REPORT, {"withdraw": change.public_id}, follow=True)
    assert "The change is withdrawn." in answer.content.decode()
    assert not RateChange.objects.exists()


def test_what_customers_were_told_cannot_be_withdrawn(staff: Client, acme: Organization) -> None:
    make_agreement(acme)
    now = datetime.now(UTC)
    staff.post(REPORT, next_rate("62", now + 40 * DAY))
    tell_of_rate_changes(now=now + 11 * DAY)
    change = RateChange.objects.get()
    answer = staff.post(REPORT, {"withdraw": change.public_id}, follow=True)
    assert "Customers were told of it." in answer.content.decode()
    assert "1 customer told" in text(staff, "/actions/GENERATE_REPORT")
    assert staff.get(f"/admin/billing/ratechange/{change.pk}/change/").status_code == 200


def test_a_part_is_a_call_to_a_model(staff: Client) -> None:
    model = make_model("opus", "10", "30", "1")
    form = next_rate("50", datetime.now(UTC) + DAY) | {
        "part-0-unit_cost": "",
        "part-0-model": str(model.pk),
        "part-0-input": "1500",
        "part-0-output": "500",
    }
    assert staff.post(REPORT, form).status_code == 302
    [part] = ActionRate.objects.latest("effective_at").cost_components.all()
    assert (part.unit_cost, part.model, part.cached_tokens) == (Decimal("0.03"), model, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"credits": "-1"},
        {"credits": "many"},
        {"effective_at": "tomorrow"},
        {"notice_days": "366"},
        {"reason": ""},
        {"part-0-unit_cost": ""},
        {"part-0-input": "5"},
        {"part-0-name": ""},
        {"part-TOTAL_FORMS": "x"},
        {"effective_at": "2020-01-01T00:00"},
    ],
)
def test_a_rate_that_cannot_be_is_refused(staff: Client, wrong: dict[str, str]) -> None:
    form = next_rate("62", datetime.now(UTC) + 40 * DAY) | wrong
    assert staff.post(REPORT, form).status_code == 200
    assert ActionRate.objects.count() == 3


def test_a_review_is_closed_with_its_figures(staff: Client) -> None:
    assert "No review is due" in text(staff, "/reviews")
    open_due_review(now=datetime.now(UTC))
    due = text(staff, "/reviews")
    assert "A review has been due since" in due
    assert "Generate report takes 50; 62 would do." in due
    assert "The quarterly review of prices has been due since" in text(staff, "")
    page = "/admin/reports/price-design/reviews"
    assert staff.post(page, {"decision": " "}).status_code == 200
    assert staff.post(page, {"decision": "Reports take 62."}).status_code == 302
    assert PriceReview.objects.get().done_by == "sam@acme.example"
    shown = text(staff, "/reviews")
    assert "Reports take 62." in shown
    assert "GENERATE_REPORT" in shown


def test_a_review_looks_at_every_meter_with_actions(staff: Client, catalog: ArticleCatalog) -> None:
    price_documents(catalog)
    open_due_review(now=datetime.now(UTC))
    due = text(staff, "/reviews")
    assert "Generate report takes 50; 62 would do." in due
    assert catalog.documents_meter.code == "documents"
    assert "Process a document" in due
    # What no plan sells has no price, so nothing is claimed of it.
    assert "No plan on sale in USD has these credits" in due
    assert "The margins below are reckoned at $1 a credit: nobody pays that." in due
    assert "Every action reaches the target" not in due
    assert due.count("What a credit earns on each plan</h2>") == 1
    staff.post("/admin/reports/price-design/reviews", {"decision": "Nothing changes."})
    looked_at = PriceReview.objects.get().looked_at
    assert looked_at is not None
    assert {row["feature"] for row in looked_at} == {"ai_credits", "documents"}


def test_only_those_who_may_see_and_change_prices_do(catalog: ArticleCatalog) -> None:
    client = Client()
    person = make_person("Rita", is_staff=True)
    client.force_login(person)
    for path in PAGES:
        assert client.get(f"/admin/reports/price-design{path}").status_code == 403
    person.user_permissions.add(Permission.objects.get(codename="view_pricereview"))
    for path in PAGES:
        assert client.get(f"/admin/reports/price-design{path}").status_code == 200
    form = next_rate("62", datetime.now(UTC) + 40 * DAY)
    assert client.post(REPORT, form).status_code == 403
    assert client.post(REPORT, {"withdraw": "rch_1"}).status_code == 403
    reviews = "/admin/reports/price-design/reviews"
    assert client.post(reviews, {"decision": "Mine."}).status_code == 403


def test_an_unknown_action_is_a_missing_page(staff: Client) -> None:
    assert staff.get("/admin/reports/price-design/actions/NOTHING").status_code == 404
    assert staff.post(REPORT, {"withdraw": "rch_nothing"}).status_code == 404


def test_without_actions_the_pages_say_how_to_begin(db: None) -> None:
    client = Client()
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    assert "There is no action yet." in text(client, "")
    for path in ("/what-if", "/reviews"):
        assert text(client, path)
