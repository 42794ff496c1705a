"""Money that customers got back, and what is left of it. Only read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyAdmin
from config.kernel.money import Money

from ..models import BalanceEntry, MoneyCredit
from ..money_credits.queries import stand
from ..wording import money_words


@admin.register(MoneyCredit)
class MoneyCreditAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id",
        "organization",
        "amount",
        "cause",
        "status",
        "granted_at",
        "expires_at",
    ]
    list_filter = ["status", "cause", "currency"]
    list_select_related = ["organization"]
    search_fields = ["public_id__exact", "organization__name", "organization__public_id__exact"]
    search_help_text = _("Id of the credit, or name or id of the organization")
    ordering = ["-granted_at", "-pk"]
    show_full_result_count = False
    fields = [
        "public_id",
        "organization",
        "amount",
        "left",
        "taken_back",
        "cause",
        "reason",
        "status",
        "granted_at",
        "credited_at",
        "expires_at",
        "ended_at",
        "balance_entry_id",
        "source",
    ]

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, credit: MoneyCredit) -> str:
        """What was given."""
        return money_words(Money(credit.amount_minor, credit.currency))

    @admin.display(description=_("left"))
    def left(self, credit: MoneyCredit) -> str:
        """What no invoice has used."""
        [standing] = stand([credit], organization_id=credit.organization_id)
        return money_words(standing.left)

    @admin.display(description=_("taken back"))
    def taken_back(self, credit: MoneyCredit) -> str:
        """What was left when it expired."""
        return money_words(Money(credit.taken_back_minor, credit.currency))


@admin.register(BalanceEntry)
class BalanceEntryAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "organization", "kind", "amount", "balance", "occurred_at"]
    list_filter = ["kind", "currency"]
    list_select_related = ["organization"]
    search_fields = ["stripe_id__exact", "stripe_invoice_id__exact", "organization__name"]
    search_help_text = _("Stripe's id of the entry or of the invoice, or name of the organization")
    ordering = ["-occurred_at", "-pk"]
    show_full_result_count = False
    fields = [
        "stripe_id",
        "organization",
        "kind",
        "amount",
        "balance",
        "money_credit",
        "stripe_invoice_id",
        "description",
        "occurred_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BalanceEntry]:
        entries: QuerySet[BalanceEntry] = super().get_queryset(request)
        return entries.select_related("money_credit")

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, entry: BalanceEntry) -> str:
        """What it moves, in the customer's favour."""
        return money_words(Money(entry.amount_minor, entry.currency))

    @admin.display(description=_("balance"))
    def balance(self, entry: BalanceEntry) -> str:
        """The balance after it, in the customer's favour."""
        return money_words(Money(entry.balance_minor, entry.currency))
