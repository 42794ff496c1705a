"""Who is billed: company, address and tax ids, kept by Stripe and put on its invoices."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organization, User
from billing.models import Invoice, StripeIntent
from billing.stripe.gateway.client import ask
from billing.stripe.publishing import publish_waiting
from tests.factories.accounts import make_organization
from tests.factories.catalog import ArticleCatalog
from tests.support.statements import at_most
from tests.support.stripe_at_hand import StripeAtHand, stripe

from .buying import Buyer, agree, hidden
from .conftest import NOW, SignIn
from .reading import part_of, text_of

__all__ = ["stripe"]

DETAILS = "/payment/details/"
CHANGE = "/plan/change/"
ADDRESS = {
    "name": "Acme GmbH",
    "line1": "Torstraße 1",
    "line2": "",
    "postal_code": "10119",
    "city": "Berlin",
    "state": "",
    "country": "DE",
}


@pytest.fixture
def buyer(stripe: StripeAtHand, catalog: ArticleCatalog) -> Buyer:
    """Somebody with a card, where the article's plans are sold through Stripe."""
    publish_waiting(now=NOW)
    return Buyer(stripe)


@pytest.fixture
def alices(alice: User, acme: Organization, sign_in: SignIn) -> Client:
    """Alice's browser."""
    return sign_in(alice)


def tax_ids_of(client: Client) -> str:
    return part_of(client.get(DETAILS), "tax-ids-title")


def add(client: Client, kind: str, value: str) -> str:
    answer = client.post("/payment/tax-ids/", {"kind": kind, "value": value}, follow=True)
    return part_of(answer, "tax-ids-title")


class TestTheAddress:
    def test_is_not_asked_for_before_anybody_has_said_it(
        self, alices: Client, buyer: Buyer
    ) -> None:
        assert "Nothing yet." in part_of(alices.get("/payment/"), "address-title")
        form = alices.get(DETAILS).content.decode()
        assert 'value="Acme"' in form

    def test_is_kept_by_stripe_and_shown_from_there(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        answer = alices.post(DETAILS, ADDRESS)
        assert answer["location"] == "/payment/"
        shown = part_of(alices.get("/payment/"), "address-title")
        assert shown.startswith(
            "On your invoices Company Acme GmbH Address Torstraße 1 10119 Berlin Germany"
        )
        [intent] = StripeIntent.objects.filter(subject=f"{acme.public_id}:details")
        assert (intent.operation, intent.status) == ("customers.update", "done")
        kept = ask("customers.retrieve", target=intent.object_id)
        assert (kept["name"], kept["address"]["line2"]) == ("Acme GmbH", None)

    def test_stands_on_the_invoices_that_are_made_from_then_on(
        self, alices: Client, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        alices.post(DETAILS, ADDRESS)
        alices.post(CHANGE, hidden(alices, f"{CHANGE}?plan=professional"))
        buyer.stripe.deliver()
        made = ask("invoices.retrieve", target=Invoice.objects.latest("pk").stripe_id)
        assert made["customer_name"] == "Acme GmbH"
        assert made["customer_address"]["city"] == "Berlin"

    def test_that_is_emptied_is_taken_away(self, alices: Client, buyer: Buyer) -> None:
        alices.post(DETAILS, ADDRESS)
        alices.post(DETAILS, {"name": "Acme GmbH"})
        shown = part_of(alices.get("/payment/"), "address-title")
        assert "Company Acme GmbH Address none yet" in shown

    @pytest.mark.parametrize(
        ("entered", "said"),
        [
            ({**ADDRESS, "name": ""}, "This field is required."),
            ({**ADDRESS, "country": "EU"}, "Select a valid choice."),
            ({**ADDRESS, "city": "x" * 201}, "at most 200 characters"),
        ],
    )
    def test_that_is_none_is_refused(
        self, alices: Client, buyer: Buyer, entered: dict[str, str], said: str
    ) -> None:
        answer = alices.post(DETAILS, entered)
        assert answer.status_code == 200
        assert said in part_of(answer, "company-title")
        assert not StripeIntent.objects.filter(operation="customers.update").exists()

    def test_says_who_changed_it_and_not_to_what(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        alices.post(DETAILS, ADDRESS)
        entry = AuditEntry.objects.get(action="billing_details.change_requested")
        assert (entry.organization, entry.actor, entry.changes) == (acme, "alice@acme.example", {})


class TestTaxIds:
    def test_are_named_with_what_their_authority_says(self, alices: Client, buyer: Buyer) -> None:
        assert "DE000000000 verified European Union: VAT Remove" in add(
            alices, "eu_vat", "DE000000000"
        )
        assert "GB111111111 could not be verified United Kingdom: VAT" in add(
            alices, "gb_vat", "GB111111111"
        )
        shown = part_of(alices.get("/payment/"), "address-title")
        assert "DE000000000 verified" in shown

    def test_that_is_not_written_like_one_is_refused_at_its_field(
        self, alices: Client, buyer: Buyer
    ) -> None:
        shown = add(alices, "eu_vat", "12")
        assert "This is not how a tax id of that kind is written." in shown
        assert "None yet." in shown

    def test_of_a_kind_that_nobody_knows_asks_nobody(self, alices: Client, buyer: Buyer) -> None:
        assert "Select a valid choice." in add(alices, "xx_vat", "12")
        assert not StripeIntent.objects.filter(operation__startswith="customers").exists()

    def test_is_taken_away(self, alices: Client, buyer: Buyer) -> None:
        add(alices, "ch_vat", "CHE-123.456.789 MWST")
        form = alices.get(DETAILS).content.decode().split("/payment/tax-ids/txi_")[1]
        address = f"/payment/tax-ids/txi_{form.split('/')[0]}/remove/"
        assert alices.post(address)["location"] == DETAILS
        assert "None yet." in tax_ids_of(alices)
        assert alices.post(address).status_code == 404

    def test_of_another_customer_is_not_found(
        self, alices: Client, charlie: User, buyer: Buyer, sign_in: SignIn
    ) -> None:
        make_organization("Globex", owner=charlie)
        charlies = sign_in(charlie)
        add(alices, "us_ein", "12-3456789")
        add(charlies, "us_ein", "98-7654321")
        own = alices.get(DETAILS).content.decode().split("/payment/tax-ids/txi_")[1].split("/")[0]
        assert charlies.post(f"/payment/tax-ids/txi_{own}/remove/").status_code == 404
        assert "12-3456789" in tax_ids_of(alices)

    def test_are_not_guessed_while_no_country_is_known(self, alices: Client, buyer: Buyer) -> None:
        page = alices.get(DETAILS).content.decode()

        assert '<option value="" selected>Choose a kind</option>' in page
        assert page.count(" selected>") == 2  # The other one is that of no country.

    def test_are_offered_by_the_country_of_the_address(self, alices: Client, buyer: Buyer) -> None:
        alices.post(DETAILS, ADDRESS)
        assert '<option value="eu_vat" selected>' in alices.get(DETAILS).content.decode()


def test_bob_may_change_nothing(
    bob: User, acme: Organization, buyer: Buyer, sign_in: SignIn
) -> None:
    client = sign_in(bob)
    assert client.get(DETAILS).status_code == 403
    for address in (DETAILS, "/payment/tax-ids/", "/payment/tax-ids/txi_1/remove/"):
        assert client.post(address, ADDRESS).status_code == 403
    assert not StripeIntent.objects.filter(operation__startswith="customers").exists()


def test_where_nothing_can_be_paid_there_is_no_such_page(alices: Client) -> None:
    assert alices.get(DETAILS)["location"] == "/plan/"
    assert alices.post(DETAILS, ADDRESS)["location"] == "/plan/"


def test_while_stripe_does_not_answer_the_card_is_shown_and_nothing_is_written_over(
    alices: Client, buyer: Buyer, stripe: StripeAtHand
) -> None:
    agree(alices, buyer, plan="starter")
    stripe.break_with(server_error=100)
    shown = alices.get("/payment/")
    assert "Visa •••• 4242" in part_of(shown, "card-title")
    assert "so your details cannot be shown." in part_of(shown, "address-title")
    assert DETAILS not in shown.content.decode()
    assert urlsplit(alices.get(DETAILS)["location"]).path == "/payment/"
    assert "does not answer now" in text_of(alices.get("/payment/"))


def test_reads_little_and_its_templates_nothing(
    alices: Client,
    buyer: Buyer,
    no_query_in_templates: None,
) -> None:
    agree(alices, buyer, plan="starter")
    add(alices, "eu_vat", "DE000000000")
    for path in ("/payment/", DETAILS):
        alices.get(path)
        with at_most(12):
            assert alices.get(path).status_code == 200
