"""Invoices and their lines, the charges of settlements, and what differs at Stripe. Only read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.base import ReadOnlyAdmin, ReadOnlyInline, actor_of, staff_member
from config.kernel.money import Money

from ..models import Invoice, InvoiceLine, SettlementCharge, StripeDifference
from ..stripe.journeys.late_payments import mark_seen_to
from ..stripe.reconcile.totals import list_totals
from ..wording import money_words, quantity_words, unit_price_words


class InvoiceLineInline(ReadOnlyInline):
    model = InvoiceLine
    fields = ["description", "amount", "quantity_said", "price", "starts_at", "ends_at", "settled"]
    readonly_fields = ["amount", "quantity_said", "price", "settled"]
    ordering = ["position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceLine]:
        lines: QuerySet[InvoiceLine] = super().get_queryset(request)
        return lines.select_related("invoice", "settlement")

    @admin.display(description=_("amount"))
    def amount(self, line: InvoiceLine) -> str:
        """What the line adds to the invoice."""
        return money_words(Money(line.amount_minor, line.invoice.currency))

    @admin.display(description=_("quantity"))
    def quantity_said(self, line: InvoiceLine) -> str:
        """How many, without idle zeros."""
        return "" if line.quantity is None else quantity_words(line.quantity.normalize())

    @admin.display(description=_("price of one"))
    def price(self, line: InvoiceLine) -> str:
        """What one costs, if that says it."""
        if line.unit_price is None:
            return ""
        return unit_price_words(line.unit_price, currency=line.invoice.currency)

    @admin.display(description=_("settlement"))
    def settled(self, line: InvoiceLine) -> str:
        """The settlement that it charges for."""
        return "" if line.settlement is None else line.settlement.public_id


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    inlines = [InvoiceLineInline]
    list_display = [
        "public_id",
        "number",
        "organization",
        "status",
        "total",
        "remaining",
        "issued_at",
        "next_attempt_at",
    ]
    list_filter = ["status", "billing_reason", "currency"]
    list_select_related = ["organization"]
    search_fields = [
        "public_id__exact",
        "number__exact",
        "stripe_id__exact",
        "organization__public_id__exact",
    ]
    search_help_text = _("Invoice id, number, Stripe's id or organization id, whole")
    ordering = ["-issued_at", "-pk"]
    show_full_result_count = False
    fields = [
        "public_id",
        "number",
        "stripe_id",
        "organization",
        "agreement",
        "status",
        "billing_reason",
        "subtotal",
        "discount",
        "tax",
        "total",
        "paid",
        "remaining",
        "issued_at",
        "paid_at",
        "attempt_count",
        "next_attempt_at",
        "last_error",
        "stripe_page",
        "synced_at",
    ]

    @admin.display(description=_("subtotal"))
    def subtotal(self, invoice: Invoice) -> str:
        """The sum of the lines."""
        return _money(invoice, invoice.subtotal_minor)

    @admin.display(description=_("discount"))
    def discount(self, invoice: Invoice) -> str:
        """What is taken off."""
        return _money(invoice, invoice.discount_minor)

    @admin.display(description=_("tax"))
    def tax(self, invoice: Invoice) -> str:
        """The tax in it."""
        return _money(invoice, invoice.tax_minor)

    @admin.display(description=_("total"), ordering="total_minor")
    def total(self, invoice: Invoice) -> str:
        """What it comes to."""
        return _money(invoice, invoice.total_minor)

    @admin.display(description=_("paid"))
    def paid(self, invoice: Invoice) -> str:
        """What is paid of it."""
        return _money(invoice, invoice.amount_paid_minor)

    @admin.display(description=_("still to be paid"), ordering="amount_remaining_minor")
    def remaining(self, invoice: Invoice) -> str:
        """What is not paid of it."""
        return _money(invoice, invoice.amount_remaining_minor)

    @admin.display(description=_("Stripe's page"))
    def stripe_page(self, invoice: Invoice) -> str:
        """Where the customer sees and pays it."""
        if not invoice.hosted_url:
            return ""
        link = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
        return format_html(link, invoice.hosted_url, _("Open"))


@admin.register(SettlementCharge)
class SettlementChargeAdmin(ReadOnlyAdmin):
    list_display = [
        "settlement_id_said",
        "organization",
        "amount",
        "method",
        "status",
        "stripe_invoice_id",
        "planned_at",
        "placed_at",
        "invoiced_at",
    ]
    list_filter = ["status", "method"]
    list_select_related = ["organization", "settlement"]
    search_fields = [
        "settlement__public_id__exact",
        "organization__public_id__exact",
        "stripe_invoice_id__exact",
        "item_id__exact",
    ]
    search_help_text = _("Settlement id, organization id or one of Stripe's ids, whole")
    ordering = ["-pk"]
    show_full_result_count = False
    fields = [
        "organization",
        "settlement",
        "amount",
        "method",
        "status",
        "item_id",
        "stripe_invoice_id",
        "planned_at",
        "placed_at",
        "invoiced_at",
    ]

    @admin.display(description=_("settlement"), ordering="settlement_id")
    def settlement_id_said(self, charge: SettlementCharge) -> str:
        """The settlement whose money it collects."""
        return charge.settlement.public_id

    @admin.display(description=_("amount"), ordering="settlement__amount_minor")
    def amount(self, charge: SettlementCharge) -> str:
        """What is collected, or given back."""
        settlement = charge.settlement
        return money_words(Money(settlement.amount_minor, settlement.currency))


@admin.register(StripeDifference)
class StripeDifferenceAdmin(ReadOnlyAdmin):
    change_list_template = "admin/billing/stripedifference/change_list.html"
    list_display = ["kind", "subject", "organization", "ours", "theirs", "found_at", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), "kind"]
    list_select_related = ["organization"]
    search_fields = ["subject__exact", "organization__public_id__exact"]
    search_help_text = _("Id of what differs, or organization id, whole")
    ordering = ["-found_at", "-pk"]
    actions = ["mark_seen_to"]
    fields = [
        "kind",
        "subject",
        "organization",
        "ours",
        "theirs",
        "found_at",
        "seen_at",
        "resolved_at",
    ]

    def has_mark_seen_to_permission(self, request: HttpRequest) -> bool:
        """Whether this member of staff may say that a late payment is seen to."""
        return staff_member(request).has_perm("billing.change_stripedifference")

    @admin.action(
        description=_("Late payments: refunded, or granted by hand"), permissions=["mark_seen_to"]
    )
    def mark_seen_to(self, request: HttpRequest, rows: QuerySet[StripeDifference]) -> None:
        """Close the chosen late payments; other differences are gone once they agree."""
        actor, now = actor_of(request), timezone.now()
        seen_to = sum(mark_seen_to(difference=row, actor=actor, now=now) for row in rows)
        self.message_user(
            request,
            ngettext(
                "%(count)d late payment is seen to.",
                "%(count)d late payments are seen to.",
                seen_to,
            )
            % {"count": seen_to},
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            **(extra_context or {}),
            "open_count": StripeDifference.objects.filter(resolved_at=None).count(),
            "totals": [
                {
                    "currency": each.settled.currency,
                    "settled": money_words(each.settled),
                    "planned": money_words(each.planned),
                    "placed": money_words(each.placed),
                    "invoiced": money_words(each.invoiced),
                    "missing": money_words(each.missing),
                }
                for each in list_totals()
            ],
        }
        return super().changelist_view(request, context)


def _money(invoice: Invoice, minor: int) -> str:
    return money_words(Money(minor, invoice.currency))
