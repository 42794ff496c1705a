"""The overview answers the four questions, to those who may know."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from accounts.audit.actor import SYSTEM
from accounts.models import Organization, User
from billing.agreements.payments import mark_past_due
from billing.models import Agreement
from billing.rating.pricing import OveragePricing
from metering.choices import Aggregation
from tests.factories import agreements
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import begin, make_agreement
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_meter
from tests.factories.pricing import graduated, per_unit

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of, text_of


def test_says_how_much_is_used_and_left(alice: User, use: ReportAction, sign_in: SignIn) -> None:
    use("e1", 40, action="GENERATE_REPORT", at=ON_THE_15TH)
    words = part_of(sign_in(alice).get("/overview/"), "used-title")
    assert words == (
        "AI credits: used and left 3,000 credits left 40 % used 2,000 used of 5,000 "
        "Resets 10 Oct 2026, 08:00 UTC "
        "25 % of unused credits roll over for one month, once; "
        "the rest expires at the monthly reset. "
        "What is left buys 600 text extractions 300 summaries 60 reports"
    )


def test_what_would_last_for_thousands_of_years_has_no_date(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", "0.000001", at=ON_THE_15TH)
    page = sign_in(alice).get("/overview/")
    assert page.status_code == 200
    assert "run out" not in text_of(page)


def test_says_what_overage_costs_now(alice: User, use: ReportAction, sign_in: SignIn) -> None:
    use("e1", 120, action="GENERATE_REPORT", at=ON_THE_15TH)
    page = sign_in(alice).get("/overview/")
    assert part_of(page, "overage-title") == (
        "Overage $120.00 USD so far "
        "1,000 credits beyond what is included, at $0.12 each. It is added to the next invoice."
    )
    assert "6,000 used of 5,000, 1,000 over" in part_of(page, "used-title")
    assert "Each one now costs Extract text $0.60 Summarize $1.20 Generate report $6.00" in (
        part_of(page, "used-title")
    )


def test_says_what_the_next_invoice_will_be(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 120, action="GENERATE_REPORT", at=ON_THE_15TH)
    assert part_of(sign_in(alice).get("/overview/"), "invoice-title") == (
        "Next invoice estimate $419.00 USD Due 10 Oct 2026, 08:00 UTC · billing not connected "
        "· All invoices Professional, next month $299.00 "
        "AI credits beyond the allowance 1,000 \N{MULTIPLICATION SIGN} $0.12 $120.00 "
        "Total so far $419.00 "
        "On course for about $3,275 USD, between $419 and $8,171, if usage goes on like this."
    )


def test_the_first_period_has_nothing_to_compare_with(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 14, action="GENERATE_REPORT", at=datetime(2026, 9, 18, 12, tzinfo=UTC))
    words = part_of(sign_in(alice).get("/overview/"), "pace-title")
    assert words == (
        "Is this period normal? "
        "This is the first period, so there is nothing to compare it with yet. "
        "It is too early to say what the period may come to: that takes three whole days of use."
    )


def use_daily(use: ReportAction, *quantities: int) -> None:
    """Use so much on each of the last days before today, in actions of ten credits."""
    for age, quantity in enumerate(reversed(quantities), start=1):
        use(f"{age}-ago", quantity, action="SUMMARIZE_SHORT", at=NOW - timedelta(days=age))


def test_days_that_are_all_alike_say_exactly_how_it_goes_on(
    alice: User, use: ReportAction, sign_in: SignIn
) -> None:
    use_daily(use, *[30] * 9)
    page = sign_in(alice).get("/overview/")
    # 300 a day, 19 days and 20 hours to come; 2,300 are left.
    assert part_of(page, "pace-title").endswith(
        "If it goes on like the last 7 days, the period comes to about 8,650 credits. "
        "The credits then run out on Mon 28 Sep."
    )
    assert part_of(page, "invoice-title").endswith(
        "Total so far $299.00 On course for $737 USD, if usage goes on like this."
    )


def test_days_that_differ_say_between_what(alice: User, use: ReportAction, sign_in: SignIn) -> None:
    use_daily(use, 10, 20, 30)
    words = part_of(sign_in(alice).get("/overview/"), "pace-title")
    assert words.endswith(
        "If it goes on like the last 3 days, the period comes to about 4,570 credits; "
        "in four cases of five, to between 2,250 and 6,880. "
        "The credits last; only if usage is high do they run out, on Sun 4 Oct at the earliest."
    )


def test_the_days_of_the_period_before_count_as_well(
    alice: User, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    clock.move_to(datetime(2026, 10, 11, 12, tzinfo=UTC))
    for age in reversed(range(1, 26)):
        at = datetime(2026, 10, 11, 12, tzinfo=UTC) - timedelta(days=age)
        use(f"{age}-ago", 10, action="SUMMARIZE_SHORT", at=at)
    words = part_of(sign_in(alice).get("/overview/"), "pace-title")
    # 100 used in the new period, 100 a day, 29 days and 20 hours to come.
    assert "about 3,080 credits" in words
    assert "like the last 21 days" in words


def test_a_trial_is_carried_on_but_costs_nothing(
    alice: User, acme: Organization, catalog: ArticleCatalog, sign_in: SignIn
) -> None:
    begun = NOW - timedelta(days=6)
    begin(acme, catalog.professional, at=begun, trial_ends_at=begun + timedelta(days=14))
    for day in range(6):
        agreements.use(acme, f"day-{day}", 500, at=begun + timedelta(days=day, hours=1))
    page = sign_in(alice).get("/overview/")
    # 3,000 used, 500 a day, eight days to come; 2,000 are left.
    assert part_of(page, "pace-title").endswith(
        "If it goes on like the last 5 days, the period comes to about 7,000 credits. "
        "The credits then run out on Thu 24 Sep."
    )
    assert "On course for" not in part_of(page, "invoice-title")


def test_what_does_not_add_up_is_not_carried_on(
    alice: User, acme: Organization, catalog: ArticleCatalog, sign_in: SignIn
) -> None:
    feature = make_metered(make_meter("peak", unit="user", aggregation=Aggregation.MAX))
    make_version(make_plan(catalog.current, "peaked"), metered(feature, 500), prices=(fixed("49"),))
    make_agreement(acme, "peaked")
    assert part_of(sign_in(alice).get("/overview/"), "pace-title").endswith(
        "What is reported does not add up over time, so a part of the period says nothing about "
        "the rest."
    )


def test_holds_the_period_against_the_one_before_at_the_same_point(
    alice: User, use: ReportAction, sign_in: SignIn, clock: Clock
) -> None:
    use("e1", 20, action="GENERATE_REPORT", at=ON_THE_15TH)
    use("late", 20, action="GENERATE_REPORT", at=datetime(2026, 10, 9, 9, tzinfo=UTC))
    use("e2", 26, action="GENERATE_REPORT", at=datetime(2026, 10, 12, 9, tzinfo=UTC))
    clock.move_to(datetime(2026, 10, 20, 12, tzinfo=UTC))
    words = part_of(sign_in(alice).get("/overview/"), "pace-title")
    assert words.startswith(
        "Is this period normal? 30 % more than usual "
        "1,300 so far, against 1,000 at this point of the previous period."
    )


def test_a_member_sees_usage_but_is_told_who_sees_amounts(
    bob: User, use: ReportAction, sign_in: SignIn
) -> None:
    use("e1", 120, action="GENERATE_REPORT", at=ON_THE_15TH)
    page = sign_in(bob).get("/overview/")
    assert "6,000 used of 5,000" in part_of(page, "used-title")
    assert part_of(page, "invoice-title") == (
        "Next invoice Your role does not let you see invoices and amounts. Ask Alice."
    )
    assert "$" not in text_of(page)


def test_an_unlimited_meter_has_no_bar_and_no_overage(
    catalog: ArticleCatalog, acme: Organization, alice: User, sign_in: SignIn
) -> None:
    make_agreement(acme, "per_seat")
    page = sign_in(alice).get("/overview/")
    assert "0 documents used, without a limit" in part_of(page, "used-title")
    assert (
        part_of(page, "overage-title") == "Overage Your plan has no limit, so nothing can run over."
    )
    assert b"meter__bar" not in page.content


def test_teaches_with_the_organizations_own_id_before_the_first_event(
    alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    words = part_of(sign_in(alice).get("/overview/"), "first-event-title")
    assert f'"organization": "{acme.code}"' in words
    assert "curl http" in words
    assert "export" not in words


def test_teaches_with_the_beginning_of_the_newest_key_those_who_may_see_it(
    alice: User, bob: User, acme: Organization, agreement: Agreement, sign_in: SignIn
) -> None:
    make_api_key(acme, name="Old")
    key = make_api_key(acme, name="Worker").api_key
    words = part_of(sign_in(alice).get("/overview/"), "first-event-title")
    assert f'export TALLYBOOK_API_KEY="{key.prefix}..." curl http' in words
    assert key.prefix not in text_of(sign_in(bob).get("/overview/"))


def test_says_that_billing_is_not_connected(
    alice: User, agreement: Agreement, sign_in: SignIn
) -> None:
    assert "Billing is not connected. No payment is collected yet; amounts are estimates." in (
        text_of(sign_in(alice).get("/overview/"))
    )


def test_an_organization_without_a_plan_is_shown_the_way_to_one(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    page = sign_in(alice).get("/overview/")
    assert page.status_code == 200
    assert text_of(page).startswith("Acme has no plan yet")


def test_a_stranger_sees_nothing_of_it(
    charlie: User, agreement: Agreement, sign_in: SignIn
) -> None:
    page = sign_in(charlie).get("/overview/")
    assert (page.status_code, page["location"]) == (302, "/start/")


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    page = client.get("/overview/")
    assert (page.status_code, page["location"]) == (302, "/account/login/?next=/overview/")


def test_the_front_door_leads_visitors_to_the_prices_and_customers_to_their_overview(
    client: Client, alice: User, sign_in: SignIn
) -> None:
    assert client.get("/")["location"] == "/pricing/"
    assert sign_in(alice).get("/")["location"] == "/overview/"


def test_times_are_told_in_the_organizations_zone_with_utc_beside_them(
    catalog: ArticleCatalog, alice: User, sign_in: SignIn
) -> None:
    berlin = make_organization("Berlin", owner=alice, time_zone="Europe/Berlin")
    make_agreement(berlin, "starter")
    html = sign_in(alice).get("/overview/").content.decode()
    assert (
        '<time datetime="2026-10-10T08:00:00+00:00" title="10 Oct 2026, 08:00:00 UTC">'
        "10 Oct 2026, 10:00 CEST</time>"
    ) in html


def subscribe(catalog: ArticleCatalog, acme: Organization, pricing: OveragePricing) -> None:
    """Acme is on a plan with 500 credits and overage at this price."""
    make_version(
        make_plan(catalog.current, "tried"),
        metered(catalog.credits, 500, overage=pricing),
        prices=(fixed("49"),),
    )
    make_agreement(acme, "tried")


def test_overage_in_tiers_is_said_in_words(
    alice: User, catalog: ArticleCatalog, acme: Organization, sign_in: SignIn
) -> None:
    subscribe(catalog, acme, graduated((100, "0.10"), (None, "0.05")))
    sentence = "first 100 at $0.10 each, then at $0.05 each"
    page = sign_in(alice).get("/overview/")
    assert part_of(page, "overage-title") == f"Overage None Once the balance is spent: {sentence}."
    agreements.use(acme, "e1", 690, at=ON_THE_15TH)
    page = sign_in(alice).get("/overview/")
    assert part_of(page, "overage-title") == (
        f"Overage $14.50 USD so far 190 credits beyond what is included: {sentence}. "
        "It is added to the next invoice."
    )
    assert f"AI credits beyond the allowance 190: {sentence} $14.50" in (
        part_of(page, "invoice-title")
    )
    assert "Each one now costs Extract text $0.25 Summarize $0.50 Generate report $2.50" in (
        part_of(page, "used-title")
    )


def test_overage_of_every_feature_is_told_and_named_after_what_is_included(
    alice: User, catalog: ArticleCatalog, acme: Organization, sign_in: SignIn
) -> None:
    make_version(
        make_plan(catalog.current, "tried"),
        metered(catalog.credits, 500, overage="0.10"),
        metered(catalog.documents, 0, overage="2"),
        prices=(fixed("49"),),
    )
    make_agreement(acme, "tried")
    agreements.use(acme, "d1", 3, at=ON_THE_15TH, meter="documents")
    page = sign_in(alice).get("/overview/")
    name = catalog.documents.name
    told = "USD so far Everything beyond what is included is charged on the next invoice."
    assert part_of(page, "overage-title") == f"Overage $6.00 {told} {name} 3: $2 per document $6.00"
    assert f"{name} 3 \N{MULTIPLICATION SIGN} $2 $6.00" in part_of(page, "invoice-title")
    agreements.use(acme, "c1", 510, at=ON_THE_15TH)
    assert part_of(sign_in(alice).get("/overview/"), "overage-title") == (
        f"Overage $7.00 {told} AI credits 10: $0.10 per credit $1.00 "
        f"{name} 3: $2 per document $6.00"
    )


def test_a_minimum_is_due_while_the_balance_lasts(
    alice: User, catalog: ArticleCatalog, acme: Organization, sign_in: SignIn
) -> None:
    subscribe(catalog, acme, per_unit("0.10", minimum=20))
    assert part_of(sign_in(alice).get("/overview/"), "overage-title") == (
        "Overage $20.00 USD Due even while the balance lasts: "
        "$0.10 per credit, at least $20 a month. It is added to the next invoice."
    )


def test_says_on_every_page_that_a_payment_is_overdue(
    agreement: Agreement, alice: User, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert "A payment is overdue." not in text_of(client.get("/usage/"))
    mark_past_due(agreement=agreement, actor=SYSTEM, reason="card declined", now=ON_THE_15TH)
    for page in ("/overview/", "/usage/", "/credits/", "/limits/", "/members/"):
        assert "A payment is overdue." in text_of(client.get(page))
