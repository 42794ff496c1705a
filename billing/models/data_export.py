from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.models import PublicIdModel

from ..choices import DataExportStatus

_UNFINISHED = (DataExportStatus.WAITING, DataExportStatus.MAKING)


class DataExport(PublicIdModel):
    """
    Everything that an organization has, as a file to take along.

    A worker makes it, part by part, under a lease: if the worker dies, another one begins anew
    once the lease is over. A ready one is kept until `expires_at`.
    """

    id_prefix = "exp"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=DataExportStatus.choices,
        default=DataExportStatus.WAITING,
    )
    attempt_count = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    table_count = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many tables are in it by now.")
    )
    row_count = models.PositiveBigIntegerField(
        default=0, help_text=_("How many rows are in it by now.")
    )
    byte_count = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=_UNFINISHED),
                name="data_export_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_UNFINISHED, ended_at=None, expires_at=None)
                | Q(status=DataExportStatus.READY, ended_at__isnull=False, expires_at__isnull=False)
                | Q(status=DataExportStatus.FAILED, ended_at__isnull=False, expires_at=None)
                | Q(status=DataExportStatus.REMOVED, ended_at__isnull=False, expires_at=None),
                name="data_export_fits_its_status",
            ),
            models.CheckConstraint(
                condition=Q(status=DataExportStatus.MAKING, leased_until__isnull=False)
                & ~Q(lease="")
                | ~Q(status=DataExportStatus.MAKING) & Q(lease="", leased_until=None),
                name="data_export_is_made_under_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class DataExportPart(models.Model):
    """A piece of the file, in its order. Kept in the database: every machine can hand it out."""

    export = models.ForeignKey(DataExport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="data_export_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"
