"""What the page of an agreement tells about it besides its own columns."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.money import Money, rounded

from ..agreements.queries import describe_agreement, find_scheduled_change
from ..analytics.contraction import Contraction, find_contraction
from ..choices import AgreementStatus, BillingInterval, InvoiceStatus
from ..models import Agreement, Invoice, StripeCustomer, StripeDifference, StripeSubscription
from ..wording import money_words, tenths_words
from .pages import now_for

if TYPE_CHECKING:
    from datetime import datetime

LAST_INVOICES = 5
OPEN_DIFFERENCES = 10
NOTHING = "-"


class AgreementFacts:
    """Columns that are read from elsewhere, each for one agreement."""

    @admin.display(description=gettext_lazy("base price"))
    def base(self, agreement: Agreement) -> str:
        """What each billing period costs before usage."""
        return money_words(describe_agreement(agreement=agreement).base)

    @admin.display(description=gettext_lazy("going to change"))
    def waiting_change(self, agreement: Agreement) -> str:
        """What the agreement is going to be, and when."""
        change = find_scheduled_change(agreement=agreement)
        if change is None:
            return NOTHING
        return _("%(plan)s v%(version)s, %(interval)s, %(seats)s seats, %(base)s from %(date)s") % {
            "plan": change.plan_name,
            "version": change.version,
            "interval": BillingInterval(change.interval).label.lower(),
            "seats": change.seats,
            "base": money_words(change.base),
            "date": moment(change.effective_at),
        }

    @admin.display(description=gettext_lazy("what fewer seats mean"))
    def fewer_seats(self, agreement: Agreement) -> str:
        """What a change to fewer seats that waits takes away, and whether use goes along."""
        found = find_contraction(agreement=agreement, now=now_for(agreement.organization_id))
        return NOTHING if found is None else seats_words(found)

    @admin.display(description=gettext_lazy("subscription"))
    def subscription(self, agreement: Agreement) -> str:
        """The subscription that collects for it, and what Stripe last said of it."""
        stored = StripeSubscription.objects.filter(agreement=agreement).first()
        if stored is None:
            return NOTHING
        return _("%(id)s: %(status)s, as of %(date)s") % {
            "id": stored.stripe_id,
            "status": stored.status,
            "date": moment(stored.synced_at),
        }

    @admin.display(description=gettext_lazy("customer"))
    def customer(self, agreement: Agreement) -> str:
        """The organization's customer at Stripe, and the card on file."""
        stored = find_customer(agreement)
        if stored is None:
            return NOTHING
        card = stored.card_words or (
            _("payment method on file") if stored.has_payment_method else _("no card on file")
        )
        return f"{stored.stripe_id}, {card}"

    @admin.display(description=gettext_lazy("last invoices"))
    def last_invoices(self, agreement: Agreement) -> SafeString | str:
        """The newest invoices, with where they stand."""
        invoices = Invoice.objects.filter(
            organization_id=agreement.organization_id, agreement=agreement
        ).order_by("-issued_at", "-pk")
        return _list_of(_invoice_line(invoice) for invoice in invoices[:LAST_INVOICES])

    @admin.display(description=gettext_lazy("differs at Stripe"))
    def differences(self, agreement: Agreement) -> SafeString | str:
        """What was last found to differ, and is not set right yet."""
        found = StripeDifference.objects.filter(
            organization_id=agreement.organization_id, resolved_at=None
        ).order_by("-found_at", "-pk")
        return _list_of(_difference_line(each) for each in found[:OPEN_DIFFERENCES])


def seats_words(contraction: Contraction) -> str:
    """50 seats to 10: -$4,000 a month (-80.0 %)."""
    figures = contraction.figures
    words = _("%(before)s seats to %(after)s: %(change)s a month (%(share)s).") % {
        "before": figures.seats_before,
        "after": figures.seats_after,
        "change": money_words(rounded(figures.change, currency=contraction.currency)),
        "share": NOTHING if figures.change_share is None else tenths_words(figures.change_share),
    }
    if figures.usage_trend is None:
        return words
    trend = _("Use of AI in the last 30 days against the 30 before: %(trend)s.") % {
        "trend": tenths_words(figures.usage_trend)
    }
    return f"{words} {trend}"


def find_customer(agreement: Agreement) -> StripeCustomer | None:
    """The customer that stands for the agreement's organization."""
    return StripeCustomer.objects.filter(organization_id=agreement.organization_id).first()


def is_live(agreement: Agreement) -> bool:
    """Whether anything can still be done to it."""
    return agreement.status != AgreementStatus.CANCELED


def moment(at: "datetime") -> str:
    """An instant as the admin writes them."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _list_of(lines: Iterable[SafeString]) -> SafeString | str:
    return format_html_join("", "{}<br>", ((line,) for line in lines)) or NOTHING


def _invoice_line(invoice: Invoice) -> SafeString:
    return format_html(
        '<a href="{}">{}</a> {}, {}, {}',
        reverse("admin:billing_invoice_change", args=[invoice.pk]),
        invoice,
        date_format(timezone.localtime(invoice.issued_at), "DATE_FORMAT"),
        money_words(Money(invoice.total_minor, invoice.currency)),
        InvoiceStatus(invoice.status).label,
    )


def _difference_line(difference: StripeDifference) -> SafeString:
    return format_html(
        '<a href="{}">{}</a> {}: {} / {}',
        reverse("admin:billing_stripedifference_change", args=[difference.pk]),
        difference.kind,
        difference.subject,
        difference.ours or NOTHING,
        difference.theirs or NOTHING,
    )
