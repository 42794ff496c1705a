"""The plan: agree on one, change it, end it; paid for on the sandbox's pages."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import AuditEntry, Organization, User
from billing.agreements.payments import mark_past_due
from billing.agreements.queries import find_live_agreement
from billing.catalog.operations import publish
from billing.choices import AgreementStatus, Collection, InvoiceStatus
from billing.models import (
    Agreement,
    Checkout,
    Invoice,
    ScheduledChange,
    StripeCustomer,
    StripeSubscription,
)
from billing.stripe.gateway.client import send
from billing.stripe.publishing import publish_waiting
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_draft,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.support.statements import at_most
from tests.support.stripe_at_hand import StripeAtHand, stripe

from .buying import DECLINED, LATER, Buyer, agree, hidden
from .conftest import NOW, SignIn
from .reading import part_of, text_of

__all__ = ["stripe"]


@pytest.fixture
def buyer(stripe: StripeAtHand, catalog: ArticleCatalog) -> Buyer:
    """Somebody with a card, where the article's plans are sold through Stripe."""
    publish_waiting(now=NOW)
    return Buyer(stripe)


@pytest.fixture
def alices(alice: User, acme: Organization, sign_in: SignIn) -> Client:
    """Alice's browser."""
    return sign_in(alice)


PAGES = (
    "/plan/",
    "/plan/?interval=year",
    "/plan/cancel/",
    "/payment/",
    "/invoices/",
    "/credits/",
    "/limits/",
)


def agreement_of(organization: Organization) -> Agreement:
    agreement = find_live_agreement(organization=organization)
    assert agreement is not None
    return agreement


class TestAgreeing:
    def test_the_payment_comes_before_the_agreement(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        answer = alices.post("/plan/start/", {"plan": "professional", "interval": "month"})
        assert answer.status_code == 303
        assert find_live_agreement(organization=acme) is None

        back = urlsplit(buyer.pay(answer["location"]))
        shown = alices.get(back.path)

        assert text_of(shown).endswith(
            "You are on Professional Your payment has arrived, and your allowance is there. "
            "Plan Professional Price $299.00 a month Next charge 20 Oct 2026, 12:00 UTC "
            "Go to the overview See the invoice"
        )
        agreement = agreement_of(acme)
        assert (agreement.status, agreement.collection) == (
            AgreementStatus.ACTIVE,
            Collection.STRIPE,
        )
        assert "5,000 credits left" in part_of(alices.get("/overview/"), "used-title")

    def test_a_visit_that_is_not_paid_agrees_on_nothing(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        answer = alices.post("/plan/start/", {"plan": "professional", "interval": "year"})
        assert buyer.pay(answer["location"], DECLINED) == ""
        visit = Checkout.objects.get()
        shown = alices.get(f"/plan/checkout/{visit.public_id}/")
        assert "Your payment is on its way" in text_of(shown)
        assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in (
            shown.content.decode()
        )
        assert find_live_agreement(organization=acme) is None

    def test_whoever_turns_back_finds_what_they_chose(
        self, alices: Client, buyer: Buyer, stripe: StripeAtHand
    ) -> None:
        alices.post("/plan/start/", {"plan": "professional", "interval": "year"})
        session = stripe.ask("checkout.sessions.retrieve", target=Checkout.objects.get().stripe_id)
        back = urlsplit(session["cancel_url"])
        assert f"{back.path}?{back.query}" == "/plan/start/?plan=professional&interval=year"
        form = alices.get(f"{back.path}?{back.query}").context["form"]
        assert (form["plan"].value(), form["interval"].value()) == ("professional", "year")

    def test_a_plan_that_costs_nothing_is_agreed_at_once(
        self, alices: Client, acme: Organization, catalog: ArticleCatalog, buyer: Buyer
    ) -> None:
        make_version(
            make_plan(catalog.current, "free", is_self_serve=True),
            metered(catalog.credits, 50),
            prices=(fixed("0"),),
        )
        answer = alices.post("/plan/start/", {"plan": "free", "interval": "month"})
        assert answer["location"] == "/overview/"
        assert agreement_of(acme).collection == Collection.FREE

    def test_a_free_plan_is_left_on_the_payment_page(
        self, alices: Client, acme: Organization, catalog: ArticleCatalog, buyer: Buyer
    ) -> None:
        make_version(
            make_plan(catalog.current, "free", is_self_serve=True),
            metered(catalog.credits, 50),
            prices=(fixed("0"),),
        )
        alices.post("/plan/start/", {"plan": "free", "interval": "month"})
        answer = alices.get("/plan/change/?plan=professional&interval=month")
        assert answer["location"] == "/plan/start/?plan=professional&interval=month"
        agree(alices, buyer, plan="professional")
        assert agreement_of(acme).plan_version.plan.code == "professional"

    def test_a_new_organization_goes_from_the_pricing_page_to_the_payment_page(
        self, charlie: User, buyer: Buyer, sign_in: SignIn
    ) -> None:
        client = sign_in(charlie)
        assert client.get("/signup/?plan_interest=professional&interval=year")["location"] == (
            "/start/"
        )
        answer = client.post(
            "/start/",
            {
                "name": "Initech",
                "plan": "professional",
                "interval": "year",
                "currency": "USD",
                "time_zone": "UTC",
            },
        )
        assert answer.status_code == 303
        assert "$2,990.00" in buyer.read(answer["location"])
        client.get(urlsplit(buyer.pay(answer["location"])).path)
        agreement = agreement_of(Organization.objects.get(name="Initech"))
        assert (agreement.interval, agreement.status) == ("year", AgreementStatus.ACTIVE)

    def test_a_customer_who_looks_at_prices_is_led_to_a_change(
        self, alices: Client, agreement: Agreement
    ) -> None:
        answer = alices.get("/signup/?plan_interest=starter&interval=month")
        assert answer["location"] == "/plan/change/?plan=starter&interval=month"

    def test_an_organization_without_a_plan_is_led_to_choose_one(
        self, alices: Client, catalog: ArticleCatalog
    ) -> None:
        answer = alices.get("/signup/?plan_interest=starter&interval=month")
        assert answer["location"] == "/plan/start/?plan=starter&interval=month"
        assert 'href="/plan/start/"' in alices.get("/overview/").content.decode()

    def test_where_nothing_can_be_paid_a_plan_is_agreed_as_ever(
        self, alices: Client, acme: Organization, catalog: ArticleCatalog
    ) -> None:
        alices.post("/plan/start/", {"plan": "professional", "interval": "month"})
        assert agreement_of(acme).collection == Collection.NOT_CONNECTED

    def test_a_strangers_visit_to_the_payment_page_is_not_found(
        self, alices: Client, charlie: User, buyer: Buyer, sign_in: SignIn
    ) -> None:
        back = agree(alices, buyer, plan="starter")
        make_organization("Elsewhere", owner=charlie)
        assert sign_in(charlie).get(back).status_code == 404
        assert alices.get("/plan/checkout/nonsense/").status_code == 404


class TestThePage:
    def test_says_what_is_agreed_and_what_else_there_is(self, alices: Client, buyer: Buyer) -> None:
        agree(alices, buyer, plan="starter")
        page = alices.get("/plan/")
        shown = part_of(page, "current-title")
        assert shown.startswith(
            "Starter plan Active $99.00 a month Billed Monthly "
            "Included 1,000 credits a month Seats 5 "
        )
        assert "This period 20 Sep 2026 \N{EN DASH} 20 Oct 2026" in shown
        assert "Next charge 20 Oct 2026, 12:00 UTC" in shown
        assert "Paid with Visa •••• 4242" in shown
        others = part_of(page, "others-title")
        assert "Professional $299.00 a month More: Advanced AI" in others
        assert "More: 5,000 credits a month instead of 1,000" in others
        assert "Each further credit for $0.12 instead of $0.15" in others
        assert "Change to Professional" in others
        assert "Enterprise" in others and "Talk to sales about Enterprise" in others

    def test_the_other_plans_have_the_prices_of_the_interval_that_is_asked_for(
        self, alices: Client, agreement: Agreement
    ) -> None:
        others = part_of(alices.get("/plan/?interval=year"), "others-title")
        assert "Starter $990.00 a year" in others

    def test_whoever_came_earlier_keeps_their_price(
        self, alices: Client, agreement: Agreement, catalog: ArticleCatalog
    ) -> None:
        assert "Newer customers" not in text_of(alices.get("/plan/"))
        dearer = make_draft(
            catalog.professional.plan, metered(catalog.credits, 5_000), prices=(fixed("399"),)
        )
        publish(plan_version=dearer, actor=STAFF, now=NOW)
        shown = part_of(alices.get("/plan/"), "current-title")
        assert "$299.00 a month" in shown
        assert "Newer customers get other terms. Yours stay, and so does your price." in shown

    def test_bob_is_told_who_may_see_it(
        self, bob: User, agreement: Agreement, sign_in: SignIn
    ) -> None:
        for path in ("/plan/", "/plan/change/?plan=starter", "/plan/cancel/", "/plan/start/"):
            answer = sign_in(bob).get(path)
            assert answer.status_code == 403, path
            assert "Ask Alice." in text_of(answer)
        for path in ("/plan/resume/", "/plan/change/undo/", "/plan/change/", "/plan/cancel/"):
            assert sign_in(bob).post(path).status_code == 403, path

    def test_the_billing_role_may_change_it(
        self, agreement: Agreement, acme: Organization, sign_in: SignIn
    ) -> None:
        erin = make_person("Erin")
        make_member(acme, erin, Role.BILLING)
        assert "Change to Starter" in text_of(sign_in(erin).get("/plan/"))

    def test_reads_little_and_its_templates_nothing(
        self,
        alices: Client,
        buyer: Buyer,
        no_query_in_templates: None,
        settings: Settings,
    ) -> None:
        # Who lives by a test clock is asked once a second, whatever the page.
        settings.TEST_CLOCKS = False
        agree(alices, buyer, plan="starter")
        change, later = "/plan/change/?plan=professional", "/plan/change/?interval=year"
        for path in (*PAGES, change, later):
            # What never changes is read once in a process.
            alices.get(path)
            with at_most(12):
                assert alices.get(path).status_code == 200


class TestChanging:
    def test_the_amount_on_the_button_is_the_amount_that_is_charged(
        self, alices: Client, acme: Organization, buyer: Buyer, stripe: StripeAtHand
    ) -> None:
        agree(alices, buyer, plan="starter")
        address = "/plan/change/?plan=professional"
        due = part_of(alices.get(address), "due-title")
        assert due.startswith("Due now $200.00 USD ")
        assert "Charged to Visa •••• 4242." in due
        assert "From then on $299.00 a month First charged 20 Oct 2026, 12:00 UTC" in due
        assert "Pay $200.00 and change" in due

        answer = alices.post("/plan/change/", hidden(alices, address))

        assert answer["location"] == "/plan/"
        assert "The change is made. You are on Professional." in text_of(alices.get("/plan/"))
        assert agreement_of(acme).plan_version.plan.code == "professional"
        stripe.deliver()
        charged = Invoice.objects.owned_by(acme).latest("issued_at", "pk")
        assert (charged.status, charged.total_minor, charged.amount_paid_minor) == (
            InvoiceStatus.PAID,
            20_000,
            20_000,
        )

    def test_an_amount_that_was_not_shown_is_not_charged(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        shown = hidden(alices, "/plan/change/?plan=professional")
        answer = alices.post("/plan/change/", {**shown, "due": "1"})
        assert answer.status_code == 200
        assert "The amount has changed. Please have another look." in text_of(answer)
        assert "Pay $200.00 and change" in text_of(answer)
        assert agreement_of(acme).plan_version.plan.code == "starter"

    def test_a_preview_that_is_old_is_shown_anew(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        shown = hidden(alices, "/plan/change/?plan=professional")
        long_ago = str(int(shown["at"]) - 3_600)
        answer = alices.post("/plan/change/", {**shown, "at": long_ago})
        assert "The preview is too old." in text_of(answer)
        assert agreement_of(acme).plan_version.plan.code == "starter"

    def test_a_card_that_is_declined_changes_nothing_and_says_where_to_pay(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        _charge_from_now_on(alices, buyer, LATER)
        shown = hidden(alices, "/plan/change/?plan=professional")
        answer = alices.post("/plan/change/", shown)
        assert answer.status_code == 200
        assert text_of(answer).startswith(
            "Stripe sandbox. No real money moves. Let time pass The payment did not go through"
        )
        assert "Pay the invoice" in text_of(answer)
        assert agreement_of(acme).plan_version.plan.code == "starter"

    def test_less_begins_with_the_next_period_and_can_be_taken_back(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="professional")
        address = "/plan/change/?plan=starter"
        page = alices.get(address)
        assert "Takes effect when the period that is paid for ends: 20 Oct 2026" in text_of(page)
        assert "Less: No Advanced AI" in part_of(page, "effects-title")
        assert "Change when the period ends" in part_of(page, "due-title")

        alices.post("/plan/change/", hidden(alices, address))
        shown = part_of(alices.get("/plan/"), "current-title")
        assert "On 20 Oct 2026, 12:00 UTC it changes to Starter for $99.00 a month." in shown
        assert agreement_of(acme).plan_version.plan.code == "professional"
        assert "On 20 Oct 2026 your plan changes to Starter." in text_of(alices.get("/overview/"))

        alices.post("/plan/change/undo/")
        assert "Your plan stays as it is." in text_of(alices.get("/plan/"))
        assert ScheduledChange.objects.get().status == "undone"

    def test_another_interval_begins_with_the_next_period(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="professional")
        page = alices.get("/plan/change/?interval=year")
        assert "Change to yearly billing" in text_of(page)
        assert "From then on $2,990.00 a year" in part_of(page, "due-title")
        alices.post("/plan/change/", hidden(alices, "/plan/change/?interval=year"))
        assert ScheduledChange.objects.get(status="waiting").interval == "year"

    def test_what_would_change_nothing_or_is_not_sold_is_refused(
        self, alices: Client, agreement: Agreement
    ) -> None:
        assert alices.get("/plan/change/?plan=professional")["location"] == "/plan/"
        assert "on Professional already" in text_of(alices.get("/plan/"))
        assert alices.get("/plan/change/?plan=enterprise").status_code == 404
        assert alices.get("/plan/change/?plan=nonsense").status_code == 404
        assert alices.get("/plan/change/?seats=many")["location"] == "/plan/"

    def test_nothing_changes_while_a_payment_is_overdue(
        self, alices: Client, agreement: Agreement
    ) -> None:
        mark_past_due(agreement=agreement, actor=STAFF, now=NOW)
        blocked = alices.get("/plan/change/?plan=starter")
        assert blocked.status_code == 409
        assert part_of(blocked, "blocks-title").startswith(
            "What to do first A payment is overdue. The plan can be changed once it is made. "
            "See the invoice"
        )
        assert "Change to" not in text_of(alices.get("/plan/"))


def test_a_change_at_once_waits_until_one_that_is_scheduled_is_taken_back(
    alices: Client, buyer: Buyer
) -> None:
    agree(alices, buyer, plan="starter")
    address = "/plan/change/?interval=year"
    assert alices.post("/plan/change/", hidden(alices, address)).status_code == 302
    buyer.stripe.deliver()
    blocked = alices.get("/plan/change/?plan=professional")
    assert blocked.status_code == 409
    assert part_of(blocked, "blocks-title").startswith(
        "What to do first A change to Starter waits for the end of your period. Take it back"
    )
    assert alices.post("/plan/change/undo/")["location"] == "/plan/"
    assert alices.get("/plan/change/?plan=professional").status_code == 200


class TestWhatStandsInTheWay:
    @pytest.fixture(autouse=True)
    def six_members(self, acme: Organization) -> None:
        for name in ("Dana", "Erin", "Farid", "Grace"):
            make_member(acme, make_person(name), Role.MEMBER)

    def test_is_said_on_the_card_of_the_plan(self, alices: Client, agreement: Agreement) -> None:
        shown = part_of(alices.get("/plan/"), "others-title")
        assert "Starter has 5 seats, and you have 6 members. Remove 1 member first" in shown
        assert "Change to Starter" not in shown

    def test_is_listed_with_what_to_do_first(self, alices: Client, agreement: Agreement) -> None:
        blocked = alices.get("/plan/change/?plan=starter")
        assert blocked.status_code == 409
        assert "One thing stands in the way." in text_of(blocked)
        assert part_of(blocked, "blocks-title") == (
            "What to do first There would be 5 seats, and you have 6 members. "
            "Remove 1 member first Nothing was changed, and nothing was charged. "
            "Back to your plan"
        )

    def test_several_things_are_all_listed(self, alices: Client, agreement: Agreement) -> None:
        alices.post("/plan/cancel/", {"feedback": "unused"})
        mark_past_due(agreement=agreement, actor=STAFF, now=NOW)
        blocked = alices.post("/plan/change/", {"plan": "starter", "at": 1, "due": 0})
        assert "2 things stand in the way." in text_of(blocked)
        shown = part_of(blocked, "blocks-title")
        assert "A payment is overdue." in shown
        assert "Your plan is going to end. It can be changed once it goes on." in shown
        assert ScheduledChange.objects.count() == 0


class TestSeats:
    @pytest.fixture
    def team(self, catalog: ArticleCatalog, stripe: StripeAtHand) -> None:
        make_version(
            make_plan(catalog.current, "team", is_self_serve=True),
            metered(catalog.credits, 500),
            prices=(per_seat("10"),),
        )

    def test_more_are_paid_for_at_once_and_fewer_begin_later(
        self, alices: Client, acme: Organization, team: None, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="team")
        assert agreement_of(acme).seats == 2
        shown = alices.get("/plan/")
        assert "$20.00 a month 2 seats at $10 each" in part_of(shown, "current-title")
        assert "2 at $10.00 a month each" in part_of(shown, "seats-title")

        page = alices.get("/plan/change/?seats=5")
        assert text_of(page).find("Change to 5 seats") > 0
        assert "Pay $30.00 and change" in part_of(page, "due-title")
        alices.post("/plan/change/", hidden(alices, "/plan/change/?seats=5"))
        assert agreement_of(acme).seats == 5

        alices.post("/plan/change/", hidden(alices, "/plan/change/?seats=3"))
        assert agreement_of(acme).seats == 5
        assert "3 seats then." in part_of(alices.get("/plan/"), "current-title")

    def test_a_plan_sold_by_the_seat_says_what_each_costs(
        self, alices: Client, team: None, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="starter")
        assert "Team $10.00 per seat, a month" in part_of(alices.get("/plan/"), "others-title")

    def test_nobody_loses_their_seat(
        self, alices: Client, acme: Organization, team: None, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="team")
        blocked = alices.get("/plan/change/?seats=1")
        assert blocked.status_code == 409
        assert "There would be 1 seat, and you have 2 members. Remove 1 member first" in part_of(
            blocked, "blocks-title"
        )
        assert agreement_of(acme).seats == 2


class TestEnding:
    def test_the_plan_goes_on_until_its_period_ends_and_after_all_if_one_likes(
        self, alices: Client, acme: Organization, buyer: Buyer
    ) -> None:
        agree(alices, buyer, plan="professional")
        asked = alices.get("/plan/cancel/")
        what = part_of(asked, "what-title")
        assert "The plan ends 20 Oct 2026, 12:00 UTC" in what
        assert "AI credits left until then 5,000" in what
        assert "Overage up to the end comes on a last invoice." in what

        alices.post("/plan/cancel/", {"feedback": "too_expensive", "comment": "Maybe later."})
        agreement = agreement_of(acme)
        assert (agreement.cancel_at, agreement.cancel_feedback) == (
            agreement.current_period_end,
            "too_expensive",
        )
        assert AuditEntry.objects.get(action="agreement.end_requested").reason == "Maybe later."
        assert "Your plan ends on 20 Oct 2026, 12:00 UTC." in text_of(alices.get("/usage/"))
        shown = text_of(alices.get("/plan/"))
        assert "Go on after all" in shown
        assert "Change to Starter" not in shown

        alices.post("/plan/resume/")
        assert agreement_of(acme).cancel_at is None
        assert "Your plan goes on." in text_of(alices.get("/plan/"))

    def test_nobody_has_to_say_why(self, alices: Client, acme: Organization, buyer: Buyer) -> None:
        agree(alices, buyer, plan="professional")
        assert alices.post("/plan/cancel/", {})["location"] == "/plan/"
        assert agreement_of(acme).cancel_at is not None

    def test_an_unknown_reason_is_refused(self, alices: Client, agreement: Agreement) -> None:
        assert alices.post("/plan/cancel/", {"feedback": "boredom"}).status_code == 200
        agreement.refresh_from_db()
        assert agreement.cancel_at is None


class TestTrials:
    @pytest.fixture
    def tried(self, catalog: ArticleCatalog, stripe: StripeAtHand) -> None:
        make_version(
            make_plan(catalog.current, "tried", is_self_serve=True),
            metered(catalog.credits, 500),
            prices=(fixed("49"),),
            trial_days=14,
            trial_needs_card=False,
        )

    def test_begins_without_a_card_and_says_how_it_ends(
        self, alices: Client, acme: Organization, tried: None, buyer: Buyer
    ) -> None:
        answer = alices.post("/plan/start/", {"plan": "tried", "interval": "month"})
        sent = buyer.submit(answer["location"], {"email": "alice@acme.example"})
        shown = alices.get(urlsplit(sent.headers["Location"]).path)
        assert "Your trial has begun" in text_of(shown)
        assert "Free until 4 Oct 2026, 12:00 UTC" in text_of(shown)
        assert agreement_of(acme).status == AgreementStatus.TRIALING
        assert "Your trial ends on 4 Oct 2026, 12:00 UTC." in text_of(alices.get("/usage/"))
        page = alices.get("/plan/")
        current = part_of(page, "current-title")
        assert "On trial" in current
        assert "The trial ends without a card to charge. Add one and the plan goes on." in current
        assert "Change to Professional" in part_of(page, "others-title")

    def test_a_change_on_trial_costs_nothing_now(
        self, alices: Client, acme: Organization, tried: None, buyer: Buyer
    ) -> None:
        answer = alices.post("/plan/start/", {"plan": "tried", "interval": "month"})
        sent = buyer.submit(answer["location"], {"email": "alice@acme.example"})
        alices.get(urlsplit(sent.headers["Location"]).path)
        address = "/plan/change/?plan=professional"
        due = part_of(alices.get(address), "due-title")
        assert due.startswith("Due now $0.00 USD You are on trial, so nothing is charged")
        alices.post("/plan/change/", hidden(alices, address))
        assert agreement_of(acme).plan_version.plan.code == "professional"


def _charge_from_now_on(client: Client, buyer: Buyer, card: str) -> None:
    """Put another card on file, on Stripe's pages, and let the subscription be paid with it."""
    portal = client.post("/payment/change/", {"what": "card"})
    assert portal.status_code == 303
    typed = {"number": card, "expiry": "12 / 34", "cvc": "123"}
    answer = buyer.submit(f"{urlsplit(portal['location']).path}/cards", typed)
    assert answer.status in (200, 303), answer.body.decode()
    paying = StripeSubscription.objects.get()
    customer = buyer.stripe.ask("customers.retrieve", target=StripeCustomer.objects.get().stripe_id)
    send(
        "subscriptions.update",
        {"default_payment_method": customer["invoice_settings"]["default_payment_method"]},
        target=paying.stripe_id,
        key="another-card",
    )
