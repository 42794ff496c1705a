from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.agreements.terms import list_meter_terms
from billing.invoicing.queries import InvoiceEstimate, estimate_next_invoice
from billing.models import Agreement
from billing.rating.charges import ChargeLine
from config.kernel.money import Money
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.factories.metering import record, report
from tests.factories.pricing import graduated, per_unit

RESET = datetime(2026, 10, 10, 8, tzinfo=UTC)
LATER = SUBSCRIBED + timedelta(days=3)


def use(agreement: Agreement, credits: str, *, meter: str = "ai_credits") -> None:
    record(
        agreement.organization,
        report(f"evt_{credits}", credits, meter=meter),
        terms=list_meter_terms(agreement=agreement),
        at=SUBSCRIBED,
    )


def estimate(organization: Organization, *, at: datetime = LATER) -> InvoiceEstimate:
    found = estimate_next_invoice(organization=organization, now=at)
    assert found is not None
    return found


def test_6_000_credits_on_professional_make_299_and_120_dollars(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    use(make_agreement(acme), "6000")
    assert estimate(acme) == InvoiceEstimate(
        lines=(
            ChargeLine(
                "Professional, next month",
                Decimal(1),
                "month",
                Decimal("299.00"),
                Money(299_00, "USD"),
            ),
            ChargeLine(
                "AI credits beyond the allowance",
                Decimal(1_000),
                "credit",
                Decimal("0.12"),
                Money(120_00, "USD"),
            ),
        ),
        total=Money(419_00, "USD"),
        due_at=RESET,
        collection="not_connected",
        balance=Money(0, "USD"),
    )


def test_usage_within_the_allowance_adds_no_line(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    use(make_agreement(acme), "5000")
    found = estimate(acme)
    assert [line.description for line in found.lines] == ["Professional, next month"]
    assert found.total == Money(299_00, "USD")


def test_a_fraction_of_a_credit_is_charged_to_the_rounded_cent(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    use(make_agreement(acme, "starter"), "1000.3")
    # 0.3 credits at $0.15 are $0.045: half a cent is rounded up.
    assert estimate(acme).lines[1].amount == Money(5, "USD")


def test_last_month_s_overage_is_not_in_this_month_s_estimate(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme)
    use(agreement, "6000")
    record(acme, report("evt_next", 1), terms=list_meter_terms(agreement=agreement), at=RESET)
    assert len(estimate(acme, at=RESET - timedelta(microseconds=1)).lines) == 2
    assert len(estimate(acme, at=RESET).lines) == 1


def test_on_a_yearly_agreement_overage_is_due_after_the_month(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, interval="year")
    quiet = estimate(acme)
    assert (quiet.total, quiet.due_at) == (
        Money(2_990_00, "USD"),
        SUBSCRIBED.replace(year=2027),
    )
    assert quiet.lines[0].description == "Professional, next year"
    assert quiet.lines[0].unit == "year"
    use(agreement, "5500")
    busy = estimate(acme)
    assert (busy.total, busy.due_at) == (Money(60_00, "USD"), RESET)


def test_in_the_last_month_of_a_yearly_agreement_both_are_due_together(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, interval="year")
    renewal = SUBSCRIBED.replace(year=2027)
    last_day = renewal - timedelta(days=1)
    record(
        acme,
        report("evt_last", 5_500),
        terms=list_meter_terms(agreement=agreement),
        at=last_day,
    )
    found = estimate(acme, at=last_day)
    assert (found.total, found.due_at) == (Money(3_050_00, "USD"), renewal)


def test_seats_are_charged_for_the_next_month(catalog: ArticleCatalog, acme: Organization) -> None:
    use(make_agreement(acme, "per_seat", seats=50), "85000", meter="documents")
    found = estimate(acme)
    assert found.lines == (
        ChargeLine(
            "Per seat, seats for the next month",
            Decimal(50),
            "seat",
            Decimal("100.00"),
            Money(5_000_00, "USD"),
        ),
    )


def test_a_fixed_price_and_seats_are_two_lines(catalog: ArticleCatalog, acme: Organization) -> None:
    make_version(make_plan(catalog.current, "both"), prices=(fixed("20"), per_seat("9")))
    make_agreement(acme, "both", seats=3)
    assert [line.amount.minor for line in estimate(acme).lines] == [20_00, 27_00]


def test_overage_that_is_not_sold_is_not_charged(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_version(
        make_plan(catalog.current, "free"), metered(catalog.credits, 50), prices=(fixed("0"),)
    )
    use(make_agreement(acme, "free"), "80")
    assert estimate(acme) == InvoiceEstimate(
        lines=(),
        total=Money(0, "USD"),
        due_at=RESET,
        collection="free",
        balance=Money(0, "USD"),
    )


def test_without_an_agreement_there_is_no_next_invoice(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    agreement = make_agreement(acme)
    assert estimate_next_invoice(organization=globex, now=LATER) is None
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=LATER)
    assert estimate_next_invoice(organization=acme, now=LATER) is None


def test_amounts_are_in_the_currency_of_the_agreement(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_version(
        make_plan(catalog.current, "world"),
        metered(catalog.credits, 100, overage={"EUR": "0.11", "USD": "0.12"}),
        prices=(fixed("49"), fixed("45", currency="EUR")),
    )
    use(make_agreement(acme, "world", currency="EUR"), "150")
    assert estimate(acme).total == Money(50_50, "EUR")


TIERED = graduated((100, "0.10"), (None, "0.08", 5))


def test_a_price_in_tiers_is_said_in_words(catalog: ArticleCatalog, acme: Organization) -> None:
    make_version(
        make_plan(catalog.current, "tiered"),
        metered(catalog.credits, 100, overage=TIERED),
        prices=(fixed("49"),),
    )
    use(make_agreement(acme, "tiered"), "300")
    _base, overage = estimate(acme).lines
    assert overage == ChargeLine(
        "AI credits beyond the allowance",
        Decimal(200),
        "credit",
        None,
        Money(23_00, "USD"),
        "first 100 at $0.10 each, then for $5 plus $0.08 each",
    )


def test_a_minimum_is_on_the_bill_before_anything_is_used(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_version(
        make_plan(catalog.current, "least"),
        metered(catalog.credits, 100, overage=per_unit("0.10", minimum=20)),
        prices=(fixed("49"),),
    )
    make_agreement(acme, "least")
    assert [line.amount.minor for line in estimate(acme).lines] == [49_00, 20_00]


def test_overage_at_no_price_has_no_line(catalog: ArticleCatalog, acme: Organization) -> None:
    make_version(
        make_plan(catalog.current, "given"),
        metered(catalog.credits, 100, overage=per_unit("0")),
        prices=(fixed("49"),),
    )
    use(make_agreement(acme, "given"), "300")
    assert [line.amount.minor for line in estimate(acme).lines] == [49_00]
