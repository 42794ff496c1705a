"""The credits page: where credits come from, packs to buy, orders, automatic top-up."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import Organization, User
from billing.agreements.payments import mark_past_due
from billing.models import Agreement, AutomaticTopUp, CreditPack, TopUp
from billing.settlements.operations import close_due_periods
from billing.top_ups.operations import confirm_top_up, fail_top_up, update_pack, withdraw_pack
from metering.choices import GrantCategory
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.metering import grant, hold, terms
from tests.factories.top_ups import make_pack, order, pack_details, set_automatic

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of, text_of

IN_OCTOBER = datetime(2026, 10, 11, 12, tzinfo=UTC)
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture(autouse=True)
def small(agreement: Agreement, catalog: ArticleCatalog) -> CreditPack:
    """Acme is on Professional; 500 credits cost $55.00 and last for a year."""
    return make_pack(catalog.credits, expires_after_months=12)


@pytest.fixture
def alices(alice: User, sign_in: SignIn) -> Client:
    """Alice's browser."""
    return sign_in(alice)


def pay(top_up: TopUp, *, at: datetime = ON_THE_15TH) -> TopUp:
    return confirm_top_up(top_up=top_up, payment_reference="wire", actor=STAFF, now=at)


def reviewed_on(client: Client, address: str) -> str:
    (fingerprint,) = re.findall(
        r'name="reviewed" value="([0-9a-f]{64})"', client.get(address).content.decode()
    )
    return str(fingerprint)


class TestGrants:
    def test_are_listed_in_the_order_in_which_they_are_spent(
        self, alices: Client, acme: Organization, catalog: ArticleCatalog, use: ReportAction
    ) -> None:
        use("e1", 10, action="GENERATE_REPORT", at=ON_THE_15TH)
        grant(acme, catalog.meter, 50, priority=50)
        pay(order(acme, count=2))
        shown = part_of(alices.get("/credits/"), "grants-title")
        assert shown == (
            "What you have Spent from top to bottom. 5,550 credits left "
            "Do my credits expire? 25 % of unused credits roll over for one month, once; the rest "
            "expires at the monthly reset. Bought credits are not touched by the reset: they last "
            "as long as their pack says. What From Left Of Expires "
            "Promotion 10 Sep 2026 50 50 never "
            "Allowance 10 Sep 2026 4,500 5,000 10 Oct 2026, 08:00 UTC "
            f"Purchase 2 {TIMES} Small pack 15 Sep 2026 1,000 1,000 15 Sep 2027, 09:00 UTC"
        )

    def test_what_is_held_is_said_beside_what_is_left(
        self, alices: Client, acme: Organization, catalog: ArticleCatalog, use: ReportAction
    ) -> None:
        use("e1", 10, action="GENERATE_REPORT", at=ON_THE_15TH)
        assert "held" not in part_of(alices.get("/credits/"), "grants-title")
        hold(acme, "h1", 30, terms=terms(catalog.meter), at=ON_THE_15TH)
        shown = part_of(alices.get("/credits/"), "grants-title")
        assert "4,470 credits left and 30 held by open requests" in shown

    def test_a_rollover_says_what_it_was(
        self, acme: Organization, alice: User, clock: Clock, sign_in: SignIn
    ) -> None:
        clock.move_to(IN_OCTOBER)
        close_due_periods(now=IN_OCTOBER)
        shown = part_of(sign_in(alice).get("/credits/"), "grants-title")
        assert "Rollover Unused from the allowance of 10 Sep to 10 Oct" in shown

    def test_what_pays_for_some_actions_only_says_so(
        self, alices: Client, acme: Organization, catalog: ArticleCatalog
    ) -> None:
        grant(acme, catalog.meter, 50, actions=("GENERATE_REPORT",))
        shown = part_of(alices.get("/credits/"), "grants-title")
        assert "Promotion pays only for: Generate report" in shown


class TestOrders:
    def test_packs_say_what_they_bring_and_what_that_buys(self, alices: Client) -> None:
        shown = part_of(alices.get("/credits/"), "packs-title")
        assert shown.startswith("Buy more Online payment is not connected yet: an order waits")
        assert (
            "Small pack 500 credits, expire 12 months after payment "
            "100 text extractions, 50 summaries, or 10 reports $55.00 USD"
        ) in shown

    def test_an_order_is_shown_before_it_is_made(self, alices: Client, acme: Organization) -> None:
        shown = alices.get("/credits/order/?pack=small&packs=3")
        assert f"Order 3 {TIMES} Small pack?" in text_of(shown)
        assert "You get 1,500 credits" in text_of(shown)
        assert "To pay $165.00 USD" in text_of(shown)
        assert "Order for $165.00" in text_of(shown)
        assert not TopUp.objects.exists()

    def test_what_was_shown_is_ordered(self, alices: Client, acme: Organization) -> None:
        reviewed = reviewed_on(alices, "/credits/order/?pack=small&packs=3")
        answer = alices.post("/credits/order/", {"pack": "small", "packs": 3, "reviewed": reviewed})
        assert answer["location"] == "/credits/?feature=ai_credits"
        ordered = TopUp.objects.get(organization=acme)
        assert (ordered.pack_count, ordered.amount_minor, ordered.status) == (3, 16_500, "pending")
        shown = alices.get("/credits/")
        assert "Ordered. The credits are added once it is paid." in text_of(shown)
        assert (
            f"3 {TIMES} Small pack {ordered.public_id} Waiting for payment "
            "20 Sep 2026, 12:00 UTC 1,500 $165.00 USD Cancel"
        ) in part_of(shown, "orders-title")

    def test_a_pack_that_changed_meanwhile_is_not_ordered(
        self, alices: Client, catalog: ArticleCatalog, small: CreditPack
    ) -> None:
        reviewed = reviewed_on(alices, "/credits/order/?pack=small&packs=1")
        dearer = pack_details(catalog.credits, prices={"USD": 6_000}, expires_after_months=12)
        update_pack(pack=small, details=dearer, actor=STAFF, now=NOW)
        alices.post("/credits/order/", {"pack": "small", "packs": 1, "reviewed": reviewed})
        assert "nothing was ordered" in text_of(alices.get("/credits/"))
        assert not TopUp.objects.exists()

    def test_an_order_without_a_review_is_refused(self, alices: Client) -> None:
        alices.post("/credits/order/", {"pack": "small", "packs": 1})
        assert not TopUp.objects.exists()

    @pytest.mark.parametrize("packs", ["0", "-1", "1001", "many", ""])
    def test_an_odd_count_leads_back(self, alices: Client, packs: str) -> None:
        answer = alices.get(f"/credits/order/?pack=small&packs={packs}")
        assert answer["location"] == "/credits/"

    def test_an_unknown_pack_is_not_found(self, alices: Client) -> None:
        assert alices.get("/credits/order/?pack=unknown&packs=1").status_code == 404

    def test_a_paid_order_says_when(self, alices: Client, acme: Organization) -> None:
        pay(order(acme))
        shown = part_of(alices.get("/credits/"), "orders-title")
        assert "Paid 15 Sep 2026, 09:00 UTC" in shown
        assert "Cancel" not in shown

    def test_canceling_asks_first(self, alices: Client, acme: Organization) -> None:
        ordered = order(acme)
        address = f"/credits/orders/{ordered.public_id}/cancel/"
        asked = text_of(alices.get(address))
        assert "Cancel the order of Small pack?" in asked
        assert "switches automatic top-up off" not in asked
        assert TopUp.objects.get().status == "pending"
        alices.post(address)
        assert TopUp.objects.get().status == "canceled"
        alices.post(address)
        assert "The top-up has ended already." in text_of(alices.get("/credits/"))

    def test_another_organizations_order_is_not_found(
        self, alices: Client, charlie: User, catalog: ArticleCatalog
    ) -> None:
        elsewhere = make_organization("Elsewhere", owner=charlie)
        make_agreement(elsewhere, "starter")
        theirs = order(elsewhere)
        address = f"/credits/orders/{theirs.public_id}/cancel/"
        assert alices.get(address).status_code == 404
        assert alices.post(address).status_code == 404
        assert TopUp.objects.get().status == "pending"


class TestAutomatic:
    ENTERED = {"pack": "small", "threshold": "1000", "target": "2000", "limit": "500"}

    def test_is_set_in_whole_currency(self, alices: Client, acme: Organization) -> None:
        assert "Automatic top-up off" in part_of(alices.get("/credits/"), "automatic-title")
        answer = alices.post("/credits/ai_credits/automatic/", self.ENTERED)
        assert answer["location"] == "/credits/?feature=ai_credits"
        stored = AutomaticTopUp.objects.get(organization=acme)
        assert (stored.threshold, stored.target) == (1_000, 2_000)
        assert (stored.limit_minor, stored.currency) == (50_000, "USD")
        shown = part_of(alices.get("/credits/"), "automatic-title")
        assert (
            "Automatic top-up on When fewer than 1,000 credits are left, as many of Small pack are "
            "ordered as bring the balance to at least 2,000. "
            "Ordered in this period $0.00 Limit per period $500.00 USD"
        ) in shown

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"limit": "54.99"}, "The limit must allow one pack at least: $55."),
            ({"limit": "54.999"}, "There is no such amount of this currency."),
            ({"target": "10"}, "The target cannot be below the threshold."),
            ({"threshold": "soon"}, "Write the number like 1,234.5."),
            ({"pack": "unknown"}, "Select a valid choice."),
        ],
    )
    def test_a_refusal_is_said_on_the_form(
        self, alices: Client, wrong: dict[str, str], said: str
    ) -> None:
        answer = alices.post("/credits/ai_credits/automatic/", self.ENTERED | wrong)
        assert answer.status_code == 200
        assert said in part_of(answer, "automatic-title")
        assert not AutomaticTopUp.objects.exists()

    def test_is_switched_off(self, alices: Client, acme: Organization) -> None:
        set_automatic(acme)
        alices.post("/credits/ai_credits/automatic/remove/")
        assert not AutomaticTopUp.objects.exists()
        assert alices.post("/credits/ai_credits/automatic/remove/").status_code == 404

    def test_an_unknown_feature_is_not_found(self, alices: Client) -> None:
        assert alices.post("/credits/unknown/automatic/", self.ENTERED).status_code == 404

    def test_what_is_in_its_way_is_said(
        self, alices: Client, acme: Organization, small: CreditPack
    ) -> None:
        set_automatic(acme)
        withdraw_pack(pack=small, actor=STAFF, now=NOW)
        shown = part_of(alices.get("/credits/"), "automatic-title")
        assert "on, but ordering nothing The pack is no longer on sale." in shown

    def test_an_overdue_payment_for_the_plan_is_said(
        self, alices: Client, acme: Organization, small: CreditPack
    ) -> None:
        set_automatic(acme)
        agreement = Agreement.objects.owned_by(acme).get()
        mark_past_due(agreement=agreement, actor=STAFF, now=NOW)
        shown = part_of(alices.get("/credits/"), "automatic-title")
        assert "on, but ordering nothing A payment for your plan is overdue." in shown

    def test_a_failed_payment_is_named_as_the_reason_that_it_is_off(
        self, alices: Client, acme: Organization, use: ReportAction, small: CreditPack
    ) -> None:
        set_automatic(acme, threshold=4_990, target=5_000)
        use("e1", 1, action="GENERATE_REPORT", at=ON_THE_15TH)
        ordered = TopUp.objects.get(trigger="automatic")
        shown = alices.get("/credits/")
        assert "An order waits for its payment." in part_of(shown, "automatic-title")
        assert f"ordered automatically, {ordered.public_id}" in part_of(shown, "orders-title")
        fail_top_up(top_up=ordered, reason="", actor=STAFF, now=NOW)
        assert (
            "Automatic top-up off It was switched off because its last order, Small pack, was not "
            "paid: Payment failed. 20 Sep 2026, 12:00 UTC"
        ) in part_of(alices.get("/credits/"), "automatic-title")

    def test_canceling_its_order_says_that_it_goes_off(
        self, alices: Client, acme: Organization, use: ReportAction
    ) -> None:
        set_automatic(acme, threshold=4_990, target=5_000)
        use("e1", 1, action="GENERATE_REPORT", at=ON_THE_15TH)
        ordered = TopUp.objects.get()
        address = f"/credits/orders/{ordered.public_id}/cancel/"
        assert "Cancel it and switch off" in text_of(alices.get(address))
        alices.post(address)
        assert not AutomaticTopUp.objects.exists()


class TestWho:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", "/credits/"),
            ("get", "/credits/order/?pack=small&packs=1"),
            ("post", "/credits/order/"),
            ("post", "/credits/orders/top_1/cancel/"),
            ("post", "/credits/ai_credits/automatic/"),
            ("post", "/credits/ai_credits/automatic/remove/"),
        ],
    )
    def test_bob_is_told_who_may(
        self, bob: User, acme: Organization, sign_in: SignIn, method: str, path: str
    ) -> None:
        set_automatic(acme)
        answer = getattr(sign_in(bob), method)(
            path, TestAutomatic.ENTERED if method == "post" else {}
        )
        assert answer.status_code == 403
        assert text_of(answer).endswith("Your role does not let you do this. Ask Alice.")
        assert AutomaticTopUp.objects.count() == 1

    def test_the_billing_role_buys(self, acme: Organization, sign_in: SignIn) -> None:
        erin = make_person("Erin")
        make_member(acme, erin, Role.BILLING)
        assert "Order Small pack" in part_of(sign_in(erin).get("/credits/"), "packs-title")

    def test_without_a_plan_there_is_nothing_to_see(self, charlie: User, sign_in: SignIn) -> None:
        make_organization("Elsewhere", owner=charlie)
        assert "Elsewhere has no plan yet" in text_of(sign_in(charlie).get("/credits/"))

    def test_unlimited_usage_needs_no_packs(
        self, charlie: User, catalog: ArticleCatalog, sign_in: SignIn
    ) -> None:
        make_agreement(make_organization("Elsewhere", owner=charlie), "per_seat")
        assert "There is nothing to top up" in text_of(sign_in(charlie).get("/credits/"))


def test_credits_given_in_pieces_keep_their_places(
    alices: Client, acme: Organization, catalog: ArticleCatalog
) -> None:
    grant(acme, catalog.meter, "0.5", category=GrantCategory.ADJUSTMENT)
    assert "Adjustment 10 Sep 2026 0.5 0.5 never" in part_of(
        alices.get("/credits/"), "grants-title"
    )
