from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel, PublicIdModel

from ..choices import OutcomeStatus

LONGEST_CONFIRMATION_DAYS = 365


class OutcomeDefinition(CreatedModel):
    """A kind of outcome that apps report, and how long it may turn out not to be one."""

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    confirmation_days = models.PositiveSmallIntegerField(
        _("days until it is confirmed"),
        default=0,
        help_text=_("Counted from when it occurred. 0 confirms it at once."),
    )

    objects = models.Manager["OutcomeDefinition"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="outcome_definition_code_format"
            ),
            models.CheckConstraint(
                condition=Q(confirmation_days__lte=LONGEST_CONFIRMATION_DAYS),
                name="outcome_definition_window_range",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Outcome(PublicIdModel):
    """
    Something that a customer got done, such as a meeting that was booked.

    `reference` is the app's own name for it: the same one is told of once. It is confirmed by
    hand or when its window has passed (`confirms_at`), and may be reversed before and after. What
    was reported never changes.
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
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    reversed_at = models.DateTimeField(_("reversed at"), null=True)
    reversal_reason = models.CharField(_("why it was reversed"), max_length=200, blank=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "definition", "reference"],
                name="outcome_once_per_reference",
            ),
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
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="outcome_newest"),
            models.Index(
                fields=["confirms_at"],
                condition=Q(status=OutcomeStatus.PENDING),
                name="outcome_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.reference}"
