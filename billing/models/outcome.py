from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import DisputeStatus, OutcomeStatus

LONGEST_CONFIRMATION_DAYS = 365
LONGEST_CONFIRMATION_HOURS = 24 * LONGEST_CONFIRMATION_DAYS
LONGEST_REVERSAL_DAYS = 365


class OutcomeDefinition(CreatedModel):
    """
    A kind of outcome that apps report, and how long it may turn out not to be one.

    With a meter it is charged: a confirmed outcome is one use of that meter's feature, at the
    price that the customer's plan has for it. Without one it is only kept.
    """

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    confirmation_days = models.PositiveSmallIntegerField(
        _("days until it is confirmed"),
        default=0,
        help_text=_("Counted from when it occurred. 0 days and 0 hours confirm it at once."),
    )
    confirmation_hours = models.PositiveSmallIntegerField(
        _("and hours"),
        default=0,
        db_default=0,
        help_text=_("Added to the days. 72 hours are three days."),
    )
    reversal_days = models.PositiveSmallIntegerField(
        _("days in which it may be reversed"),
        null=True,
        blank=True,
        help_text=_("Counted from its confirmation. Empty: at any time."),
    )
    meter = models.ForeignKey(
        "metering.Meter",
        verbose_name=_("charged as"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text=_(
            "The meter of the feature whose price in the customer's plan a confirmed outcome "
            "costs. Empty: it is kept, and nothing is charged."
        ),
    )

    objects = models.Manager["OutcomeDefinition"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="outcome_definition_code_format"
            ),
            models.CheckConstraint(
                condition=Q(
                    confirmation_days__lte=LONGEST_CONFIRMATION_DAYS,
                    confirmation_hours__lte=LONGEST_CONFIRMATION_HOURS
                    - 24 * F("confirmation_days"),
                ),
                name="outcome_definition_window_range",
            ),
            models.CheckConstraint(
                condition=Q(reversal_days=None)
                | Q(reversal_days__gte=1, reversal_days__lte=LONGEST_REVERSAL_DAYS),
                name="outcome_definition_reversal_range",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Outcome(PublicIdModel):
    """
    Something that a customer got done, such as a meeting that was booked.

    `reference` is the app's own name for it: the same one is told of once. It is confirmed by
    hand or when its window has passed (`confirms_at`), and may be reversed before, and for
    `reversal_days` afterwards (None: at any time). What was reported, and the `meter` that it is
    charged on, never change.

    Once confirmed, what is charged has the usage event `event_key`; `not_charged` says why there
    is none.
    """

    id_prefix = "out"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    definition = models.ForeignKey(
        OutcomeDefinition, on_delete=models.PROTECT, related_name="outcomes"
    )
    reference = models.CharField(_("reference"), max_length=128)
    status = models.CharField(_("status"), max_length=16, choices=OutcomeStatus.choices)
    member = models.CharField(_("member"), max_length=128, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    occurred_at = models.DateTimeField(_("occurred at"))
    confirms_at = models.DateTimeField(_("confirmed without a word at"))
    reversal_days = models.PositiveSmallIntegerField(
        _("days in which it may be reversed"), null=True
    )
    meter = models.ForeignKey(
        "metering.Meter",
        verbose_name=_("charged as"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    event_key = models.CharField(_("usage event"), max_length=128, null=True)
    not_charged = models.CharField(
        _("why it is not charged"), max_length=40, blank=True, default="", db_default=""
    )
    reversed_at = models.DateTimeField(_("reversed at"), null=True)
    reversal_reason = models.CharField(_("why it was reversed"), max_length=200, blank=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "definition", "reference"],
                name="outcome_once_per_reference",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="outcome_tenant_key"),
            models.CheckConstraint(
                condition=Q(status=OutcomeStatus.PENDING, confirmed_at=None, reversed_at=None)
                | Q(status=OutcomeStatus.CONFIRMED, confirmed_at__isnull=False, reversed_at=None)
                | Q(status=OutcomeStatus.REVERSED, reversed_at__isnull=False),
                name="outcome_fits_its_status",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at=None, reversal_reason="")
                | (Q(reversed_at__isnull=False) & ~Q(reversal_reason="")),
                name="outcome_reversal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(confirms_at__gte=models.F("occurred_at")),
                name="outcome_confirmed_afterwards",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="outcome_has_a_reference"),
            models.CheckConstraint(
                condition=(Q(meter=None) | Q(confirmed_at=None)) & Q(event_key=None, not_charged="")
                | Q(meter__isnull=False, confirmed_at__isnull=False)
                & (
                    Q(event_key__isnull=False, not_charged="")
                    | Q(event_key=None) & ~Q(not_charged="")
                ),
                name="outcome_charged_once_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="outcome_newest"),
            models.Index(
                fields=["confirms_at"],
                condition=Q(status=OutcomeStatus.PENDING),
                name="outcome_due",
            ),
        ]

    @property
    def reversible_until(self) -> datetime | None:
        """The instant from which it stays as it is; None while there is none."""
        if self.confirmed_at is None or self.reversal_days is None:
            return None
        return self.confirmed_at + timedelta(days=self.reversal_days)

    def is_reversible(self, *, at: datetime) -> bool:
        """Whether it may still turn out not to be one."""
        until = self.reversible_until
        return self.status != OutcomeStatus.REVERSED and (until is None or at < until)

    def __str__(self) -> str:
        return f"{self.public_id} {self.reference}"


class OutcomeDispute(PublicIdModel):
    """
    A customer's word that an outcome was none, and what staff decided.

    There is one for each outcome. While it is open the outcome is not confirmed by time. Upheld,
    the outcome is reversed; rejected, it stays.
    """

    id_prefix = "odp"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, related_name="dispute")
    status = models.CharField(
        _("status"), max_length=16, choices=DisputeStatus.choices, default=DisputeStatus.OPEN
    )
    reason = models.CharField(_("what the customer says"), max_length=500)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.CharField(_("opened by"), max_length=254)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.CharField(_("decided by"), max_length=254, blank=True)
    decision = models.CharField(
        _("why it was decided so"),
        max_length=200,
        blank=True,
        help_text=_("The customer reads it."),
    )

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=DisputeStatus.OPEN, decided_at=None, decided_by="", decision="")
                | Q(
                    ~Q(decided_by=""),
                    ~Q(decision=""),
                    status__in=[DisputeStatus.UPHELD, DisputeStatus.REJECTED],
                    decided_at__isnull=False,
                ),
                name="outcome_dispute_fits_its_status",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(opened_by=""), name="outcome_dispute_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"],
                condition=Q(status=DisputeStatus.OPEN),
                name="outcome_dispute_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"
