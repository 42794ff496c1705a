from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import currency_check
from config.kernel.models import CreatedModel, CurrencyField, PublicIdModel

from ..choices import MoneyCreditCause, MoneyCreditStatus
from .settlement import LARGEST_CHARGE_MINOR


class MoneyCredit(PublicIdModel):
    """
    Money that an organization gets back: it comes off its next invoice, by its balance at Stripe.

    `source` names what it is given for; an organization gets it once. `balance_entry_id` is
    Stripe's id of the entry of the customer's balance. What no invoice has used by `expires_at`
    (None: never) is taken back.
    """

    id_prefix = "mcr"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(_("cause"), max_length=16, choices=MoneyCreditCause.choices)
    source = models.CharField(max_length=80)
    reason = models.CharField(_("reason"), max_length=200, help_text=_("The customer reads it."))
    currency = CurrencyField(_("currency"))
    amount_minor = models.BigIntegerField(_("amount"))
    taken_back_minor = models.BigIntegerField(_("taken back"), default=0)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=MoneyCreditStatus.choices,
        default=MoneyCreditStatus.GRANTED,
    )
    granted_at = models.DateTimeField(_("granted at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    balance_entry_id = models.CharField(max_length=255, blank=True)
    credited_at = models.DateTimeField(_("on the balance since"), null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("money credit")
        verbose_name_plural = _("money credits")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source"], name="money_credit_once_per_source"
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="money_credit_tenant_key"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lt=LARGEST_CHARGE_MINOR),
                name="money_credit_amount_range",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_minor__gte=0, taken_back_minor__lte=F("amount_minor")),
                name="money_credit_taken_back_range",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("granted_at")),
                name="money_credit_lasts_a_while",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=MoneyCreditStatus.GRANTED,
                    balance_entry_id="",
                    credited_at=None,
                    ended_at=None,
                    taken_back_minor=0,
                )
                | Q(
                    ~Q(balance_entry_id=""),
                    status=MoneyCreditStatus.CREDITED,
                    credited_at__isnull=False,
                    ended_at=None,
                    taken_back_minor=0,
                )
                | Q(status=MoneyCreditStatus.TAKEN_BACK, ended_at__isnull=False),
                name="money_credit_fits_its_status",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=MoneyCreditCause.values), name="money_credit_cause_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="money_credit_has_a_reason"),
            currency_check("currency", name="money_credit_currency_code"),
        ]
        indexes = [
            models.Index(
                fields=["organization"],
                condition=Q(status=MoneyCreditStatus.GRANTED),
                name="money_credit_to_hand_over",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(ended_at=None),
                name="money_credit_going_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.amount_minor} {self.currency}"


class BalanceEntry(CreatedModel):
    """
    An entry of the customer's balance at Stripe, copied in order and never changed.

    `amount_minor` and `balance_minor`, the balance of the currency after it, are in the customer's
    favour. `money_credit` is the credit that it put there or took back.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    stripe_id = models.CharField(max_length=255, unique=True)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    currency = CurrencyField(_("currency"))
    amount_minor = models.BigIntegerField(_("amount"))
    balance_minor = models.BigIntegerField(_("balance"))
    money_credit = models.ForeignKey(
        MoneyCredit, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stripe_invoice_id = models.CharField(max_length=255, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"))

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance entry")
        verbose_name_plural = _("balance entries")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "position"], name="balance_entry_once_per_position"
            ),
            currency_check("currency", name="balance_entry_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.stripe_id} {self.amount_minor} {self.currency}"
