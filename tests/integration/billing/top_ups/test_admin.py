"""Staff sell packs and confirm payments: every write is an operation."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization, User
from billing.models import Agreement, AutomaticTopUp, CreditPack, TopUp
from metering.models import CreditGrant
from tests.factories.accounts import make_person
from tests.factories.catalog import ArticleCatalog
from tests.factories.top_ups import NOON, make_pack, order, set_automatic

MODELS = [CreditPack, TopUp, AutomaticTopUp]


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """Sam's browser, who runs the installation."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:billing_{model.__name__.lower()}_{name}", args=args)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def entered(catalog: ArticleCatalog, **changes: Any) -> dict[str, Any]:
    return {
        "code": "small",
        "name": "Small pack",
        "feature": catalog.credits.pk,
        "credits": "500",
        "prices": "USD 55, EUR 49.50",
        "expires_after_months": "12",
        "is_on_sale": "on",
        "position": "0",
    } | changes


def prices_of(pack: CreditPack) -> dict[str, int]:
    return dict(pack.prices.values_list("currency", "amount_minor"))


@pytest.mark.parametrize("model", MODELS)
def test_customers_see_no_staff_page(client: Client, alice: User, model: type) -> None:
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 302


@pytest.mark.parametrize("model", MODELS)
def test_staff_without_permission_see_nothing(client: Client, alice: User, model: type) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 403
    assert client.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("name", ["confirm", "fail", "cancel"])
def test_staff_without_permission_end_no_order(
    client: Client,
    alice: User,
    acme: Organization,
    agreement: Agreement,
    small: CreditPack,
    name: str,
) -> None:
    ordered = order(acme)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    url = page(TopUp, name, ordered.pk)
    assert client.get(url).status_code == 403
    posted = client.post(url, {"payment_reference": "wire", "reason": "none"})
    assert posted.status_code == 403
    assert TopUp.objects.get().status == "pending"


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_here(staff: Client, model: type) -> None:
    assert staff.post(page(model, "delete", 1), {"post": "yes"}).status_code == 403


class TestPacks:
    def test_a_pack_is_created_with_prices_as_people_write_them(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        assert staff.post(page(CreditPack, "add"), entered(catalog)).status_code == 302
        pack = CreditPack.objects.get()
        assert (pack.code, pack.credits, pack.expires_after_months) == ("small", 500, 12)
        assert prices_of(pack) == {"USD": 5_500, "EUR": 4_950}
        entry = AuditEntry.objects.get(action="credit_pack.created")
        assert (entry.actor, entry.target) == ("sam@tallybook.example", pack.public_id)

    def test_it_is_shown_as_it_was_written_and_changed(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        pack = make_pack(catalog.credits, prices={"USD": 5_500, "EUR": 4_950})
        url = page(CreditPack, "change", pack.pk)
        shown = text_of(staff, url)
        assert 'value="EUR 49.50, USD 55.00"' in shown
        assert 'name="code"' not in shown
        assert 'name="credits" value="500"' in shown
        changed = entered(catalog, prices="USD 60", is_on_sale="")
        assert staff.post(url, changed).status_code == 302
        pack.refresh_from_db()
        assert prices_of(pack) == {"USD": 6_000}
        assert not pack.is_on_sale
        assert AuditEntry.objects.get(action="credit_pack.updated").changes == {
            "prices": [{"EUR": 4_950, "USD": 5_500}, {"USD": 6_000}],
            "expires_after_months": [None, 12],
            "is_on_sale": [True, False],
        }

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"prices": "55"}, "Write one amount for each currency"),
            ({"prices": "USD 55, USD 56"}, "Write one amount for each currency"),
            ({"prices": "USD much"}, "“much” is not an amount."),
            ({"prices": "USD NaN"}, "“NaN” is not an amount."),
            ({"prices": "USD 1E+999999"}, "“1E+999999” is not an amount."),
            ({"prices": "USD 5_5"}, "“5_5” is not an amount."),
            ({"prices": "USD \uff15\uff15"}, "“\uff15\uff15” is not an amount."),
            ({"prices": "USD 1234567890123"}, "“1234567890123” is not an amount."),
            ({"prices": "USD 1.005"}, "There is no such amount of USD."),
            ({"prices": "USD 0"}, "A pack cannot have this price in USD."),
            ({"prices": "USD -5"}, "“-5” is not an amount."),
            ({"name": "Small\u202epack"}, "The name must not contain control characters."),
            ({"prices": ""}, "A pack on sale has a price."),
            ({"credits": "0"}, "The size of a pack must be above 0"),
            ({"code": "Small!"}, "A code has at most 63 small letters"),
            ({"expires_after_months": "0"}, "Credits expire after 1 to 120 months, or never."),
        ],
    )
    def test_a_refusal_is_said_on_the_form(
        self, staff: Client, catalog: ArticleCatalog, changes: dict[str, str], said: str
    ) -> None:
        answer = staff.post(page(CreditPack, "add"), entered(catalog, **changes))
        assert answer.status_code == 200
        assert said in answer.content.decode()
        assert not CreditPack.objects.exists()

    def test_only_metered_features_are_offered(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        form = staff.get(page(CreditPack, "add")).context["adminform"].form
        assert set(form.fields["feature"].queryset) == {catalog.credits, catalog.documents}

    def test_the_list_says_what_a_pack_brings_and_costs(
        self, staff: Client, small: CreditPack
    ) -> None:
        listed = text_of(staff, page(CreditPack, "changelist"))
        assert '<td class="field-amount">500</td>' in listed
        assert '<td class="field-sold_for">USD 55.00</td>' in listed


class TestTopUps:
    def test_a_payment_is_confirmed_with_its_reference(
        self, staff: Client, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        url = page(TopUp, "confirm", ordered.pk)
        assert url in text_of(staff, page(TopUp, "change", ordered.pk))
        assert "The credits are granted at once." in text_of(staff, url)
        without = staff.post(url, {"payment_reference": ""})
        assert "This field is required." in without.content.decode()
        assert staff.post(url, {"payment_reference": "wire 17"}).status_code == 302
        ordered.refresh_from_db()
        assert (ordered.status, ordered.payment_reference) == ("paid", "wire 17")
        assert CreditGrant.objects.get(category="purchase").source == ordered.public_id
        assert AuditEntry.objects.get(action="top_up.paid").actor == "sam@tallybook.example"
        assert url not in text_of(staff, page(TopUp, "change", ordered.pk))
        assert staff.get(url)["location"] == page(TopUp, "change", ordered.pk)

    @pytest.mark.parametrize(("name", "status"), [("fail", "failed"), ("cancel", "canceled")])
    def test_an_order_that_is_not_paid_ends_with_a_reason(
        self,
        staff: Client,
        acme: Organization,
        agreement: Agreement,
        small: CreditPack,
        name: str,
        status: str,
    ) -> None:
        ordered = order(acme)
        url = page(TopUp, name, ordered.pk)
        assert staff.post(url, {"reason": ""}).status_code == 200
        assert staff.post(url, {"reason": "no answer"}).status_code == 302
        ordered.refresh_from_db()
        assert ordered.status == status
        assert AuditEntry.objects.get(action=f"top_up.{status}").reason == "no answer"
        assert not CreditGrant.objects.filter(category="purchase").exists()

    def test_a_refusal_is_said_on_the_page(
        self, staff: Client, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        Organization.objects.filter(pk=acme.pk).update(closed_at=NOON)
        answer = staff.post(page(TopUp, "confirm", ordered.pk), {"payment_reference": "wire"})
        assert "The organization is closed." in answer.content.decode()

    def test_nothing_is_added_or_changed_by_hand(
        self, staff: Client, acme: Organization, agreement: Agreement, small: CreditPack
    ) -> None:
        ordered = order(acme)
        assert staff.get(page(TopUp, "add")).status_code == 403
        assert staff.post(page(TopUp, "change", ordered.pk), {"status": "paid"}).status_code == 403

    def test_an_unknown_order_is_a_missing_page(self, staff: Client) -> None:
        assert staff.get(page(TopUp, "confirm", 999)).status_code == 404


def test_automatic_top_ups_can_only_be_read(
    staff: Client, acme: Organization, agreement: Agreement, small: CreditPack
) -> None:
    automatic = set_automatic(acme)
    listed = text_of(staff, page(AutomaticTopUp, "changelist"))
    assert '<td class="field-limit">$1,000</td>' in listed
    assert "$1,000" in text_of(staff, page(AutomaticTopUp, "change", automatic.pk))
    changed = staff.post(page(AutomaticTopUp, "change", automatic.pk), {"threshold": "1"})
    assert changed.status_code == 403
