from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check
from config.kernel.models import CreatedModel, CurrencyField, PublicIdModel

from ..choices import ChargeStatus, InvoiceStatus, OverageCollection
from .agreement import Agreement
from .settlement import Settlement


class Invoice(PublicIdModel):
    """
    An invoice as Stripe has it: Stripe is the truth for money, this is its mirror.

    Amounts are in minor units of the currency. It is replaced whole, with its lines, whenever
    Stripe tells of a change.
    """

    id_prefix = "inv"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    stripe_id = models.CharField(max_length=255, unique=True)
    number = models.CharField(_("number"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=InvoiceStatus.choices)
    billing_reason = models.CharField(_("reason"), max_length=40, blank=True)
    currency = CurrencyField(_("currency"))
    subtotal_minor = models.BigIntegerField(_("subtotal"))
    discount_minor = models.BigIntegerField(_("discount"), default=0)
    tax_minor = models.BigIntegerField(_("tax"), default=0)
    total_minor = models.BigIntegerField(_("total"))
    credit_minor = models.BigIntegerField(
        _("credit"),
        default=0,
        db_default=0,
        help_text=_("What came off it from the customer's balance."),
    )
    amount_due_minor = models.BigIntegerField(_("amount due"))
    amount_paid_minor = models.BigIntegerField(_("amount paid"))
    amount_remaining_minor = models.BigIntegerField(_("amount remaining"))
    issued_at = models.DateTimeField(_("date"))
    finalized_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(_("paid at"), null=True)
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    last_error = models.CharField(_("why the last attempt failed"), max_length=500, blank=True)
    hosted_url = models.URLField(max_length=2000, blank=True)
    pdf_url = models.URLField(max_length=2000, blank=True)
    synced_at = models.DateTimeField(_("as of"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="invoice_tenant_key"),
            models.CheckConstraint(
                condition=Q(status__in=InvoiceStatus.values), name="invoice_status_known"
            ),
            currency_check("currency", name="invoice_currency_code"),
        ]
        indexes = [
            models.Index(fields=["organization", "-issued_at", "-id"], name="invoice_newest"),
            models.Index(
                fields=["status", "issued_at"],
                condition=Q(status=InvoiceStatus.DRAFT),
                name="invoice_drafts",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id


class InvoiceLine(CreatedModel):
    """One line of an invoice; `settlement` says which settled period it charges for."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stripe_id = models.CharField(max_length=255)
    position = models.PositiveIntegerField()
    description = models.CharField(_("description"), max_length=1000, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=24, decimal_places=12, null=True, blank=True
    )
    unit_price = models.DecimalField(
        _("price of one"), max_digits=24, decimal_places=12, null=True, blank=True
    )
    amount_minor = models.BigIntegerField(_("amount"))
    is_proration = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "stripe_id"], name="invoice_line_once_per_invoice"
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.stripe_id} {self.amount_minor}"


class SettlementCharge(CreatedModel):
    """
    How the money of a settlement is collected: once, by one way, on one invoice.

    `item_id` is Stripe's id of the line (or of the event reported to a Billing Meter);
    `invoice_id` is Stripe's id of the invoice that it is on, empty while it waits for the next.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="charge")
    method = models.CharField(_("way"), max_length=16, choices=OverageCollection.choices)
    status = models.CharField(
        _("status"), max_length=16, choices=ChargeStatus.choices, default=ChargeStatus.PLANNED
    )
    item_id = models.CharField(max_length=255, blank=True)
    stripe_invoice_id = models.CharField(max_length=255, blank=True)
    planned_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    invoiced_at = models.DateTimeField(null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ChargeStatus.values, method__in=OverageCollection.values),
                name="settlement_charge_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(status=ChargeStatus.PLANNED, placed_at=None, invoiced_at=None)
                | Q(
                    ~Q(item_id=""),
                    status=ChargeStatus.PLACED,
                    placed_at__isnull=False,
                    invoiced_at=None,
                )
                | Q(
                    ~Q(item_id="", stripe_invoice_id=""),
                    status=ChargeStatus.INVOICED,
                    placed_at__isnull=False,
                    invoiced_at__isnull=False,
                ),
                name="settlement_charge_fits_its_status",
            ),
            models.UniqueConstraint(
                fields=["item_id"], condition=~Q(item_id=""), name="settlement_charge_item_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization"],
                condition=~Q(status=ChargeStatus.INVOICED),
                name="settlement_charge_to_collect",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"
