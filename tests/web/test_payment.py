"""How customers pay: their card, and packs of credits on the payment page or with it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.audit.actor import SYSTEM
from accounts.models import Organization, User
from accounts.organizations.clock import set_clock_ahead
from billing.choices import TopUpStatus
from billing.models import Agreement, Checkout, TopUp
from billing.stripe.publishing import publish_waiting
from billing.top_ups.operations import cancel_top_up
from config.payments import form_targets
from tests.factories.accounts import make_organization
from tests.factories.catalog import ArticleCatalog
from tests.factories.top_ups import make_pack, set_automatic
from tests.support.stripe_at_hand import URL, StripeAtHand, stripe

from .buying import DECLINED, Buyer, agree
from .conftest import NOW, SignIn
from .reading import part_of, text_of

__all__ = ["stripe"]


@pytest.fixture
def buyer(stripe: StripeAtHand, catalog: ArticleCatalog) -> Buyer:
    """Somebody with a card, where the article's plans and a pack are sold through Stripe."""
    make_pack(catalog.credits, expires_after_months=12)
    publish_waiting(now=NOW)
    return Buyer(stripe)


@pytest.fixture
def alices(alice: User, acme: Organization, sign_in: SignIn) -> Client:
    """Alice's browser."""
    return sign_in(alice)


class TestTheCard:
    def test_is_there_after_the_first_payment(self, alices: Client, buyer: Buyer) -> None:
        assert "None yet." in part_of(alices.get("/payment/"), "card-title")
        agree(alices, buyer, plan="starter")
        shown = part_of(alices.get("/payment/"), "card-title")
        assert shown.startswith("Card on file Visa •••• 4242 until 12/34")
        assert shown.endswith("Change the card")

    def test_is_known_to_whoever_comes_back_from_changing_it(
        self, alices: Client, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        portal = urlsplit(alices.post("/payment/change/", {"what": "card"})["location"]).path
        typed = {"number": "5555555555554444", "expiry": "12 / 34", "cvc": "123"}
        sent = buyer.submit(f"{portal}/cards", typed)
        back = urlsplit(sent.headers["Location"])
        assert alices.get(f"{back.path}?{back.query}")["location"] == "/payment/"
        assert "Mastercard •••• 4444" in part_of(alices.get("/payment/"), "card-title")

    @pytest.mark.parametrize("what", ["card", "everything"])
    def test_is_changed_on_stripes_pages(self, alices: Client, buyer: Buyer, what: str) -> None:
        answer = alices.post("/payment/change/", {"what": what})
        assert answer.status_code == 303
        assert answer["location"].startswith(f"{URL}/p/session/")
        assert buyer.read(answer["location"])

    def test_bob_is_told_who_may_change_it(
        self, bob: User, acme: Organization, buyer: Buyer, sign_in: SignIn
    ) -> None:
        client = sign_in(bob)
        assert client.get("/payment/").status_code == 403
        assert client.post("/payment/change/", {"what": "card"}).status_code == 403

    def test_there_is_no_such_page_where_nothing_can_be_paid(
        self, alices: Client, agreement: Agreement
    ) -> None:
        assert alices.get("/payment/")["location"] == "/plan/"
        assert "/payment/" not in alices.get("/plan/").content.decode()
        alices.post("/payment/change/", {"what": "card"})
        assert "Payments are not set up here." in text_of(alices.get("/plan/"))

    def test_a_payment_service_that_does_not_answer_is_said(
        self, alices: Client, buyer: Buyer, stripe: StripeAtHand
    ) -> None:
        agree(alices, buyer, plan="starter")
        stripe.break_with(server_error=100)
        assert alices.post("/payment/change/", {"what": "card"})["location"] == "/payment/"
        assert "The payment service does not answer now." in text_of(alices.get("/payment/"))


class TestOrders:
    def order(self, client: Client, *, pay: str, packs: int = 1) -> str:
        html = client.get(f"/credits/order/?pack=small&packs={packs}").content.decode()
        reviewed = html.split('name="reviewed" value="')[1].split('"')[0]
        wanted = {"pack": "small", "packs": packs, "reviewed": reviewed, "pay": pay}
        return str(client.post("/credits/order/", wanted)["location"])

    def test_are_paid_on_the_payment_page(self, alices: Client, buyer: Buyer) -> None:
        agree(alices, buyer, plan="starter")
        address = self.order(alices, pay="page", packs=2)
        assert "$110.00" in buyer.read(address)
        back = alices.get(urlsplit(buyer.pay(address)).path)
        assert "Small pack is paid" in text_of(back)
        assert "Paid $110.00 USD" in text_of(back)
        assert TopUp.objects.get().status == TopUpStatus.PAID
        assert "2,000 credits left" in part_of(alices.get("/credits/"), "grants-title")

    def test_say_that_tax_is_added_where_it_is(
        self, alices: Client, buyer: Buyer, settings: Settings
    ) -> None:
        agree(alices, buyer, plan="starter")
        settings.STRIPE_AUTOMATIC_TAX = True
        review = text_of(alices.get("/credits/order/?pack=small&packs=1"))
        assert "To pay, before tax $55.00 USD" in review
        assert "Tax is added where it applies, by your billing address." in review
        assert "Pay $55.00 plus tax with Visa •••• 4242" in review

    def test_are_paid_with_the_card_on_file(self, alices: Client, buyer: Buyer) -> None:
        agree(alices, buyer, plan="starter")
        review = text_of(alices.get("/credits/order/?pack=small&packs=1"))
        assert "Pay $55.00 with Visa •••• 4242" in review
        assert self.order(alices, pay="card") == "/credits/?feature=ai_credits"
        shown = alices.get("/credits/")
        assert "Paid. The credits are there." in text_of(shown)
        assert "1,500 credits left" in part_of(shown, "grants-title")

    def test_wait_until_they_are_paid_or_taken_back(self, alices: Client, buyer: Buyer) -> None:
        agree(alices, buyer, plan="starter")
        assert buyer.pay(self.order(alices, pay="page"), DECLINED) == ""
        shown = part_of(alices.get("/credits/"), "orders-title")
        assert "Waiting for payment" in shown
        waiting = TopUp.objects.get()
        answer = alices.post(f"/credits/orders/{waiting.public_id}/pay/", {"pay": "page"})
        assert answer.status_code == 303
        assert "Nothing is to be paid then" in text_of(
            alices.get(f"/credits/orders/{waiting.public_id}/cancel/")
        )
        alices.post(f"/credits/orders/{waiting.public_id}/cancel/")
        waiting.refresh_from_db()
        assert waiting.status == TopUpStatus.CANCELED
        assert Checkout.objects.filter(status="open").count() == 0
        visit = Checkout.objects.filter(top_up=waiting).latest("pk")
        assert "Nothing was paid" in text_of(alices.get(f"/plan/checkout/{visit.public_id}/"))

    def test_what_was_paid_for_an_order_that_is_over_is_said(
        self, alices: Client, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        paid = urlsplit(buyer.pay(self.order(alices, pay="page"))).path
        cancel_top_up(top_up=TopUp.objects.get(), actor=SYSTEM, now=NOW)
        assert (
            "The order had been taken back by then, so no credits were added. We have been told, "
            "and give the money back."
        ) in text_of(alices.get(paid, follow=True))

    def test_a_strangers_order_is_not_found(
        self, alices: Client, charlie: User, buyer: Buyer, sign_in: SignIn
    ) -> None:
        agree(alices, buyer, plan="starter")
        self.order(alices, pay="page")
        make_organization("Elsewhere", owner=charlie)
        address = f"/credits/orders/{TopUp.objects.get().public_id}/pay/"
        assert sign_in(charlie).post(address, {"pay": "card"}).status_code == 404
        assert TopUp.objects.get().status == TopUpStatus.PENDING


def test_automatic_top_up_says_that_it_needs_a_card(
    alices: Client, acme: Organization, agreement: Agreement, buyer: Buyer
) -> None:
    assert "It pays with the card on file, and there is none yet. Add a card" in part_of(
        alices.get("/credits/"), "automatic-title"
    )
    set_automatic(acme)
    assert "there is none yet" in part_of(alices.get("/credits/"), "automatic-title")


def test_the_sandbox_and_its_time_are_told_of_on_every_page(
    alices: Client, acme: Organization, agreement: Agreement, buyer: Buyer
) -> None:
    page = alices.get("/limits/")
    assert "Stripe sandbox. No real money moves. Let time pass" in text_of(page)
    assert f'href="{URL}/time"' in page.content.decode()
    set_clock_ahead(organization_id=acme.pk, ahead=timedelta(days=5))
    assert "For this organization it is 25 Sep 2026." in text_of(alices.get("/limits/"))


@pytest.mark.parametrize(
    ("connection", "pages"),
    [
        ({"secret_key": "", "sandbox_url": ""}, []),
        ({"secret_key": "", "sandbox_url": f"{URL}/"}, [URL]),
        (
            {"secret_key": "sk_test_1", "sandbox_url": ""},
            ["https://checkout.stripe.com", "https://billing.stripe.com"],
        ),
    ],
)
def test_forms_may_lead_to_the_pages_where_one_pays_and_nowhere_else(
    connection: dict[str, str], pages: list[str]
) -> None:
    assert form_targets(**connection) == pages
