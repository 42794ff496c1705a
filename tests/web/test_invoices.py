"""Invoices: the list, one of them, and the next."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.agreements.payments import mark_past_due
from billing.choices import InvoiceStatus, MoneyCreditCause
from billing.models import Agreement, Invoice, InvoiceLine, MoneyCredit
from billing.money_credits.operations import MoneyCreditOrder, grant_money_credit
from config.kernel.money import Money
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement, settle
from tests.factories.catalog import STAFF
from tests.support.statements import at_most

from .conftest import NOW, ON_THE_15TH, Clock, ReportAction, SignIn
from .reading import part_of, text_of

IN_OCTOBER = datetime(2026, 10, 11, 12, tzinfo=UTC)
PAY = "https://invoice.stripe.example/i/1"
PDF = "https://invoice.stripe.example/i/1/pdf"


@pytest.fixture
def alices(alice: User, acme: Organization, sign_in: SignIn) -> Client:
    """Alice's browser."""
    return sign_in(alice)


def make_invoice(
    agreement: Agreement, number: int, *, at: datetime = NOW, **columns: object
) -> Invoice:
    """A paid invoice of $334.50 with two lines, unless something else is said."""
    values: dict[str, object] = {
        "status": InvoiceStatus.PAID,
        "subtotal_minor": 33_450,
        "total_minor": 33_450,
        "amount_due_minor": 33_450,
        "amount_paid_minor": 33_450,
        "amount_remaining_minor": 0,
        "paid_at": at,
        **columns,
    }
    invoice = Invoice.objects.create(
        organization=agreement.organization,
        agreement=agreement,
        stripe_id=f"in_{number}",
        number=f"ACME-{number:04}",
        billing_reason="subscription_cycle",
        currency="USD",
        issued_at=at,
        finalized_at=at,
        hosted_url=PAY,
        pdf_url=PDF,
        synced_at=at,
        **values,
    )
    add_line(invoice, "Professional", 29_900, quantity=1, unit_price="299")
    add_line(invoice, "296 AI credits", 3_550, quantity=296, unit_price="0.12")
    return invoice


def add_line(
    invoice: Invoice, description: str, amount: int, *, quantity: int, unit_price: str
) -> InvoiceLine:
    return InvoiceLine.objects.create(
        organization=invoice.organization,
        invoice=invoice,
        stripe_id=f"il_{invoice.stripe_id}_{description}",
        position=invoice.lines.count(),
        description=description,
        quantity=quantity,
        unit_price=Decimal(unit_price),
        amount_minor=amount,
        starts_at=invoice.issued_at,
        ends_at=invoice.issued_at + timedelta(days=30),
    )


def make_failed(agreement: Agreement) -> Invoice:
    """One that could not be collected, and is tried again in three days."""
    return make_invoice(
        agreement,
        2,
        status=InvoiceStatus.OPEN,
        amount_paid_minor=0,
        amount_remaining_minor=33_450,
        paid_at=None,
        attempt_count=2,
        next_attempt_at=NOW + timedelta(days=3),
        last_error="Your card was declined.",
    )


class TestTheList:
    def test_says_where_each_invoice_stands(self, alices: Client, agreement: Agreement) -> None:
        make_invoice(agreement, 1, at=ON_THE_15TH)
        make_failed(agreement)
        page = alices.get("/invoices/")
        assert part_of(page, "list-title") == (
            "Invoices CSV of these invoices Number Date Status Amount Actions "
            "ACME-0002 20 Sep 2026 Payment failed tried again on 23 Sep 2026 "
            "$334.50 USD Pay ACME-0002 PDF ACME-0002 "
            "ACME-0001 15 Sep 2026 Paid $334.50 USD PDF ACME-0001"
        )
        assert f'href="{PAY}"' in page.content.decode()

    def test_begins_with_the_next_invoice_as_it_stands_today(
        self, alices: Client, agreement: Agreement, use: ReportAction
    ) -> None:
        use("e1", 120, action="GENERATE_REPORT", at=ON_THE_15TH)
        assert part_of(alices.get("/invoices/"), "upcoming-title") == (
            "Next invoice, as it stands today estimate For Quantity Price of one Amount "
            "Professional, next month 1 $299 $299.00 "
            "AI credits beyond the allowance 1,000 $0.12 $120.00 "
            "Total so far $419.00 USD "
            "Due 10 Oct 2026, 08:00 UTC billing not connected"
        )

    def test_goes_on_page_by_page(self, alices: Client, agreement: Agreement) -> None:
        made = [
            make_invoice(agreement, number, at=ON_THE_15TH - timedelta(days=number))
            for number in range(1, 27)
        ]
        first = alices.get("/invoices/")
        assert "ACME-0024" in text_of(first)
        assert "ACME-0025" not in text_of(first)
        assert f'href="?after={made[23].public_id}"' in first.content.decode()
        second = alices.get(f"/invoices/?after={made[23].public_id}")
        shown = part_of(second, "list-title")
        assert "ACME-0025" in shown and "ACME-0026" in shown and "ACME-0024" not in shown
        assert "Next invoice" not in text_of(second)
        assert shown.endswith("Newest")

    def test_what_is_not_final_is_not_there(self, alices: Client, agreement: Agreement) -> None:
        draft = make_invoice(agreement, 1, status=InvoiceStatus.DRAFT)
        assert "No invoices yet" in part_of(alices.get("/invoices/"), "list-title")
        assert alices.get(f"/invoices/{draft.public_id}/").status_code == 404

    def test_an_organization_without_a_plan_still_has_its_invoices(
        self, alices: Client, agreement: Agreement
    ) -> None:
        make_invoice(agreement, 1)
        Agreement.objects.filter(pk=agreement.pk).update(status="canceled", ended_at=NOW)
        shown = alices.get("/invoices/")
        assert "ACME-0001" in part_of(shown, "list-title")
        assert "Next invoice" not in text_of(shown)


class TestOne:
    def test_says_what_it_charges_for(self, alices: Client, agreement: Agreement) -> None:
        invoice = make_invoice(
            agreement,
            1,
            discount_minor=1_000,
            tax_minor=2_100,
            total_minor=34_550,
            credit_minor=1_100,
        )
        assert part_of(alices.get(f"/invoices/{invoice.public_id}/"), "lines-title") == (
            "What it charges for For Period Quantity Price of one Amount "
            "Professional 20 Sep \N{EN DASH} 20 Oct 2026 1 $299 $299.00 "
            "296 AI credits 20 Sep \N{EN DASH} 20 Oct 2026 296 $0.12 $35.50 "
            "Subtotal $334.50 Discount \N{MINUS SIGN}$10.00 Tax $21.00 Total $345.50 USD "
            "From your credit -$11.00 Paid 20 Sep 2026 $334.50"
        )

    def test_a_line_of_a_settled_period_leads_to_its_usage(
        self,
        alice: User,
        agreement: Agreement,
        acme: Organization,
        use: ReportAction,
        clock: Clock,
        sign_in: SignIn,
    ) -> None:
        use("e1", 120, action="GENERATE_REPORT", at=ON_THE_15TH)
        clock.move_to(IN_OCTOBER)
        [settlement] = settle(acme, at=IN_OCTOBER)
        invoice = make_invoice(agreement, 1, at=IN_OCTOBER)
        InvoiceLine.objects.filter(invoice=invoice, position=1).update(settlement=settlement)
        page = sign_in(alice).get(f"/invoices/{invoice.public_id}/")
        assert part_of(page, "lines-title").count("See the usage") == 1
        began = settlement.usage_period.starts_at
        link = f"/usage/?meter=ai_credits&period={began:%Y%m%dT%H%M%SZ}"
        assert f'href="{link.replace("&", "&amp;")}"' in page.content.decode()
        clock.move_to(IN_OCTOBER + timedelta(days=90))
        assert f"{began.day} Sep" in text_of(sign_in(alice).get(link))

    def test_a_failed_payment_says_why_and_when_it_is_tried_again(
        self, alices: Client, agreement: Agreement
    ) -> None:
        failed = make_failed(agreement)
        shown = text_of(alices.get(f"/invoices/{failed.public_id}/"))
        assert "Payment failed" in shown
        assert (
            "The payment failed. Your card was declined. It was tried 2 times. "
            "It is tried again on 23 Sep 2026, 12:00 UTC. Change the card"
        ) in shown
        assert "Pay $334.50" in shown
        assert "Still to be paid $334.50" in shown

    def test_a_strangers_invoice_is_not_found(
        self, alices: Client, agreement: Agreement, charlie: User, sign_in: SignIn
    ) -> None:
        invoice = make_invoice(agreement, 1)
        make_organization("Elsewhere", owner=charlie)
        charlies = sign_in(charlie)
        assert charlies.get(f"/invoices/{invoice.public_id}/").status_code == 404
        assert charlies.get(f"/invoices/?after={invoice.public_id}").status_code == 404
        assert "ACME-0001" not in text_of(charlies.get("/invoices/"))

    def test_bob_is_told_who_may_see_it(
        self, agreement: Agreement, bob: User, sign_in: SignIn
    ) -> None:
        invoice = make_invoice(agreement, 1)
        for path in ("/invoices/", f"/invoices/{invoice.public_id}/"):
            answer = sign_in(bob).get(path)
            assert answer.status_code == 403
            assert "Ask Alice." in text_of(answer)


class TestTheBanner:
    def test_says_how_much_is_overdue_since_when_and_what_comes_next(
        self, alices: Client, agreement: Agreement
    ) -> None:
        failed = make_failed(agreement)
        mark_past_due(agreement=agreement, actor=STAFF, now=NOW)
        page = alices.get("/usage/")
        assert (
            "A payment is overdue. $334.50 USD since 20 Sep 2026. It is tried again on "
            "23 Sep 2026, 12:00 UTC."
        ) in text_of(page)
        assert f'href="/invoices/{failed.public_id}/"' in page.content.decode()

    def test_tells_bob_no_amount(self, agreement: Agreement, bob: User, sign_in: SignIn) -> None:
        make_failed(agreement)
        mark_past_due(agreement=agreement, actor=STAFF, now=NOW)
        shown = text_of(sign_in(bob).get("/usage/"))
        assert "A payment is overdue." in shown
        assert "$334.50" not in shown


def test_reads_little_and_its_templates_nothing(
    alices: Client,
    agreement: Agreement,
    no_query_in_templates: None,
) -> None:
    for number in range(1, 27):
        make_invoice(agreement, number)
    invoice = Invoice.objects.latest("pk")
    for path in ("/invoices/", f"/invoices/{invoice.public_id}/"):
        alices.get(path)
        with at_most(12):
            assert alices.get(path).status_code == 200


class TestYears:
    """Acme's days begin in Berlin: its New Year is at 23:00 UTC."""

    @pytest.fixture(autouse=True)
    def invoices(self, acme: Organization, agreement: Agreement) -> None:
        Organization.objects.update(time_zone="Europe/Berlin")
        for number, at in enumerate(
            (
                datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC),
                datetime(2025, 12, 31, 23, tzinfo=UTC),
                NOW,
            ),
            start=1,
        ):
            make_invoice(agreement, number, at=at)

    def listed(self, client: Client, query: str) -> list[str]:
        shown = part_of(client.get(f"/invoices/{query}"), "list-title")
        return re.findall(r"ACME-\d+(?= \d)", shown)

    def test_of_one_are_exactly_those_issued_in_it(self, alices: Client) -> None:
        assert self.listed(alices, "?year=2026") == ["ACME-0003", "ACME-0002"]
        assert self.listed(alices, "?year=2025") == ["ACME-0001"]
        assert self.listed(alices, "") == ["ACME-0003", "ACME-0002", "ACME-0001"]

    def test_without_an_invoice_says_so(self, alices: Client) -> None:
        shown = part_of(alices.get("/invoices/?year=2020"), "list-title")
        assert shown == "Invoices All years 2026 2025 No invoices in that year."

    @pytest.mark.parametrize("year", ["0", "99999", "x", "-1", "2026.5"])
    def test_that_nobody_lives_in_are_not_asked(self, alices: Client, year: str) -> None:
        assert len(self.listed(alices, f"?year={year}")) == 3

    def test_come_as_a_file_with_exactly_what_is_shown(self, alices: Client) -> None:
        answer = alices.get("/invoices/export.csv?year=2025")
        assert answer["Content-Disposition"] == 'attachment; filename="invoices-2025.csv"'
        invoice = Invoice.objects.get(number="ACME-0001")
        assert answer.getvalue().decode().split("\r\n") == [
            "number,id,date,issued_at,status,currency,"
            "subtotal,discount,tax,total,paid,remaining,paid_at",
            f"ACME-0001,{invoice.public_id},2025-12-31,2025-12-31T22:59:59+00:00,paid,USD,"
            "334.50,0.00,0.00,334.50,334.50,0.00,2025-12-31T22:59:59+00:00",
            "",
        ]
        everything = alices.get("/invoices/export.csv")
        assert everything["Content-Disposition"] == 'attachment; filename="invoices.csv"'
        assert len(everything.getvalue().splitlines()) == 4

    def test_carry_no_formula_into_a_spreadsheet(self, alices: Client) -> None:
        Invoice.objects.filter(number="ACME-0001").update(number="=cmd()")
        lines = alices.get("/invoices/export.csv?year=2025").getvalue().decode().splitlines()
        assert lines[1].startswith("'=cmd(),")

    def test_are_for_those_who_may_see_amounts(
        self, bob: User, charlie: User, sign_in: SignIn
    ) -> None:
        assert sign_in(bob).get("/invoices/export.csv").status_code == 403
        make_organization("Globex", owner=charlie)
        assert sign_in(charlie).get("/invoices/export.csv").getvalue().count(b"\n") == 1


class TestCredit:
    """Money that was given back: what comes off the next invoice, and what came off this one."""

    @pytest.fixture
    def given(self, agreement: Agreement) -> MoneyCredit:
        order = MoneyCreditOrder(
            amount=Money(3_400, "USD"),
            cause=MoneyCreditCause.MANUAL,
            source="outage",
            reason="For the outage on 3 March",
            expires_at=NOW + timedelta(days=365),
        )
        return grant_money_credit(
            organization=agreement.organization, order=order, actor=STAFF, now=NOW
        )

    def test_the_next_invoice_says_what_comes_off(self, alices: Client, given: MoneyCredit) -> None:
        with at_most(17):
            page = alices.get("/invoices/")
        assert (
            "Total so far $299.00 USD From your credit -$34.00 USD To pay so far $265.00 USD"
            in (part_of(page, "upcoming-title"))
        )
        assert part_of(page, "credits-title") == (
            "Credit for your invoices For Given Until Credit Left "
            "For the outage on 3 March 20 Sep 2026 20 Sep 2027 $34.00 USD $34.00 USD "
            "They come off your invoices by themselves, those that expire first before the others."
        )

    def test_the_overview_says_what_is_to_pay(self, alices: Client, given: MoneyCredit) -> None:
        said = part_of(alices.get("/overview/"), "invoice-title")
        assert said.startswith("Next invoice estimate $265.00 USD")
        assert "Total so far $299.00 From your credit -$34.00 To pay so far $265.00" in said

    def test_nobody_elses_credit_is_shown(
        self, given: MoneyCredit, charlie: User, sign_in: SignIn
    ) -> None:
        make_agreement(make_organization("Globex", owner=charlie), "professional")
        page = sign_in(charlie).get("/invoices/")
        assert "outage" not in page.content.decode()
        assert "To pay so far" not in page.content.decode()
