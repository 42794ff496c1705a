"""Staff extend the rate card, and read the books without touching them."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.audit.actor import SYSTEM
from accounts.models import AuditEntry, Organization
from metering.models import Action, ActionRate, LanguageModel, Meter, TokenPrice
from metering.rate_card.operations import create_action
from tests.factories.accounts import make_person
from tests.factories.metering import ANCHOR, record, report, terms
from tests.factories.price_book import make_model

BOOKS = ["ledgertransfer", "usageevent", "creditgrant", "usageperiod"]


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(
    "page", [*BOOKS, "meter", "action", "actionrate", "languagemodel", "tokenprice"]
)
def test_each_list_opens(acme: Organization, meter: Meter, staff: Client, page: str) -> None:
    record(acme, report("evt-1", action="EXTRACT_TEXT"), terms=terms(meter), at=ANCHOR)
    answer = staff.get(f"/admin/metering/{page}/")
    assert answer.status_code == 200


@pytest.mark.parametrize("page", BOOKS)
def test_the_books_can_only_be_read(
    acme: Organization, meter: Meter, staff: Client, page: str
) -> None:
    record(acme, report("evt-1"), terms=terms(meter), at=ANCHOR)
    assert staff.get(f"/admin/metering/{page}/add/").status_code == 403
    assert staff.post(f"/admin/metering/{page}/1/delete/").status_code in {302, 403}


def first_rate(meter: Meter, *parts: dict[str, str]) -> dict[str, object]:
    """The form of the first rate of a new action, made of these parts."""
    action = create_action(
        code="TRANSLATE",
        name="Translate",
        name_plural="translations",
        meter=meter,
        actor=SYSTEM,
        now=ANCHOR,
    )
    form: dict[str, object] = {
        "action": action.pk,
        "effective_at_0": "2026-01-01",
        "effective_at_1": "00:00:00",
        "credits": "62",
        "customer_value": "150",
        "value_note": "saves 2 to 3 hours",
        "cost_components-TOTAL_FORMS": str(len(parts)),
        "cost_components-INITIAL_FORMS": "0",
    }
    for number, part in enumerate(parts):
        form |= {f"cost_components-{number}-{name}": value for name, value in part.items()}
    return form


def test_a_first_rate_is_stored_with_its_costs_and_an_entry(meter: Meter, staff: Client) -> None:
    make_model("gpt-4o-mini", "0.15", "0.60", "0.075")
    call = {
        "name": "model",
        "model": str(LanguageModel.objects.get().pk),
        "input_tokens": "12000",
        "output_tokens": "800",
    }
    form = first_rate(meter, call, {"name": "storage", "unit_cost": "0.05"})
    answer = staff.post("/admin/metering/actionrate/add/", form)
    assert answer.status_code == 302, answer.content
    rate = ActionRate.objects.get(action__code="TRANSLATE")
    assert rate.credits == 62
    assert list(rate.cost_components.order_by("name").values_list("name", "unit_cost")) == [
        ("model", Decimal("0.00228")),
        ("storage", Decimal("0.05")),
    ]
    part = rate.cost_components.get(name="model")
    assert (part.input_tokens, part.output_tokens, part.cached_tokens) == (12_000, 800, 0)
    entry = AuditEntry.objects.get(action="action_rate.set", target="TRANSLATE")
    assert entry.changes["cost"] == "0.052280000000"


@pytest.mark.parametrize(
    ("part", "refusal"),
    [
        ({"name": "model"}, "Say what it costs, or which model it asks."),
        ({"name": "model", "unit_cost": "1", "input_tokens": "5"}, "Whose tokens are they?"),
        ({"name": "model", "unit_cost": "1", "model": "its"}, "The price book says what"),
        ({"name": "model", "model": "its", "input_tokens": "-1"}, "greater than or equal to"),
    ],
)
def test_a_part_costs_so_much_or_asks_a_model(
    meter: Meter, staff: Client, part: dict[str, str], refusal: str
) -> None:
    known = str(make_model("gpt-4o-mini", "0.15", "0.60", "0.075").pk)
    written = {name: known if value == "its" else value for name, value in part.items()}
    answer = staff.post("/admin/metering/actionrate/add/", first_rate(meter, written))
    assert refusal in answer.content.decode()
    assert ActionRate.objects.count() == 3


def test_a_later_rate_is_scheduled_where_customers_are_told(meter: Meter, staff: Client) -> None:
    form = first_rate(meter) | {"action": Action.objects.get(code="GENERATE_REPORT").pk}
    answer = staff.post("/admin/metering/actionrate/add/", form)
    assert "customers are told of it before" in answer.content.decode()
    assert ActionRate.objects.count() == 3


def test_models_and_their_prices_are_kept_and_audited(staff: Client) -> None:
    form = {"code": "sonnet", "name": "Sonnet", "provider": "Anthropic"}
    none = {"prices-TOTAL_FORMS": "0", "prices-INITIAL_FORMS": "0"}
    assert staff.post("/admin/metering/languagemodel/add/", form | none).status_code == 302
    model = LanguageModel.objects.get()
    prices = {
        "model": model.pk,
        "effective_at_0": "2026-01-01",
        "effective_at_1": "00:00:00",
        "input_price": "3",
        "output_price": "15",
        "cached_price": "0.3",
    }
    assert staff.post("/admin/metering/tokenprice/add/", prices).status_code == 302
    price = TokenPrice.objects.get()
    assert (price.input_price, price.output_price, price.cached_price) == (3, 15, Decimal("0.3"))
    assert AuditEntry.objects.get(action="token_price.set").changes["cached"] == "0.3"
    again = staff.post("/admin/metering/tokenprice/add/", prices | {"effective_at_1": "00:00:01"})
    assert "past usage keeps its cost" in again.content.decode()
    change = f"/admin/metering/languagemodel/{model.pk}/change/"
    assert staff.post(change, form | none | {"name": "Sonnet 4"}).status_code == 302
    assert AuditEntry.objects.get(action="language_model.updated").changes == {
        "name": ["Sonnet", "Sonnet 4"]
    }


def test_what_people_read_about_a_meter_can_change_and_is_audited(
    meter: Meter, staff: Client
) -> None:
    form = {"name": "AI credits", "unit": "token", "unit_plural": "tokens"}
    assert staff.post(f"/admin/metering/meter/{meter.pk}/change/", form).status_code == 302
    meter.refresh_from_db()
    assert (meter.code, meter.unit) == ("ai_credits", "token")
    entry = AuditEntry.objects.get(action="meter.updated")
    assert entry.changes == {"unit": ["credit", "token"], "unit_plural": ["credits", "tokens"]}


def test_an_action_keeps_its_code_in_the_admin(meter: Meter, staff: Client) -> None:
    action = Action.objects.get(code="EXTRACT_TEXT")
    form = {"code": "OTHER", "name": "Read text", "name_plural": "texts", "description": ""}
    form |= {"rates-TOTAL_FORMS": "0", "rates-INITIAL_FORMS": "0"}
    assert staff.post(f"/admin/metering/action/{action.pk}/change/", form).status_code == 302
    action.refresh_from_db()
    assert (action.code, action.name) == ("EXTRACT_TEXT", "Read text")
    assert AuditEntry.objects.get(action="action.updated").target == "EXTRACT_TEXT"
