from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet, User
from config.kernel.models import CreditField, PublicIdModel
from metering.choices import GrantCategory
from metering.models import CreditGrant

from ..choices import ManualCreditKind, ManualCreditStatus
from .feature import Feature
from .money_credit import MoneyCredit
from .settlement import LARGEST_CHARGE_MINOR


class ManualCredit(PublicIdModel):
    """
    Credits or money that somebody of the staff, or an app, gives a customer by hand.

    Above a limit it waits until a second person decides. `request` names what was asked for, so
    that it is asked once; `asked_by` is empty where an app asked. What came of it is `grant` or
    `money_credit`.
    """

    id_prefix = "mnc"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    request = models.CharField(max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=ManualCreditKind.choices)
    status = models.CharField(_("status"), max_length=8, choices=ManualCreditStatus.choices)
    category = models.CharField(_("as"), max_length=16, choices=GrantCategory.choices, blank=True)
    feature = models.ForeignKey(
        Feature, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("feature")
    )
    credits = CreditField(_("credits"), null=True)
    priority = models.PositiveSmallIntegerField(_("priority"), null=True)
    actions = models.JSONField(_("actions"), default=list)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    reason = models.CharField(_("reason"), max_length=200)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    needs_second_person = models.BooleanField(_("needs a second person"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_label = models.CharField(_("asked by"), max_length=254)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    grant = models.ForeignKey(
        CreditGrant, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    money_credit = models.ForeignKey(
        MoneyCredit, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("manual credit")
        verbose_name_plural = _("manual credits")
        permissions = [("decide_manualcredit", "Can decide manual credits of others")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "request"], name="manual_credit_once_per_request"
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(category=""),
                    kind=ManualCreditKind.CREDITS,
                    feature__isnull=False,
                    credits__gt=0,
                    priority__isnull=False,
                    currency="",
                    amount_minor=None,
                    money_credit=None,
                )
                | Q(
                    kind=ManualCreditKind.MONEY,
                    category="",
                    feature=None,
                    credits=None,
                    priority=None,
                    currency__regex=r"^[A-Z]{3}$",
                    amount_minor__gt=0,
                    amount_minor__lt=LARGEST_CHARGE_MINOR,
                    grant=None,
                ),
                name="manual_credit_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=ManualCreditStatus.WAITING,
                    needs_second_person=True,
                    decided_by=None,
                    decided_at=None,
                    grant=None,
                    money_credit=None,
                )
                | Q(
                    Q(grant__isnull=False) | Q(money_credit__isnull=False),
                    Q(needs_second_person=False, decided_by=None)
                    | Q(needs_second_person=True, decided_by__isnull=False),
                    status=ManualCreditStatus.GIVEN,
                    decided_at__isnull=False,
                )
                | Q(
                    ~Q(note=""),
                    status=ManualCreditStatus.DECLINED,
                    needs_second_person=True,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    grant=None,
                    money_credit=None,
                ),
                name="manual_credit_fits_its_status",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
                name="manual_credit_takes_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(asked_label=""),
                name="manual_credit_says_who_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-asked_at"], name="manual_credit_newest"),
            models.Index(
                fields=["asked_at"],
                condition=Q(status=ManualCreditStatus.WAITING),
                name="manual_credit_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"
