"""Request, hand out and remove exports."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.errors import DomainError

from .. import tasks
from ..choices import DataExportStatus
from ..models import DataExport, DataExportPart
from .queries import get_ready_export

_UNFINISHED: Final = (DataExportStatus.WAITING, DataExportStatus.MAKING)


class ExportInTheMaking(DomainError):
    """One export of the organization is not finished yet."""

    code = "export_in_the_making"
    title = "An export is in the making"
    status: ClassVar[int] = 409


@transaction.atomic
def request_export(*, organization: Organization, actor: Actor, now: datetime) -> DataExport:
    """
    Have a worker make a file of everything that the organization has, as it is then.

    The file takes the place of the one before. Raises `ExportInTheMaking`.
    """
    lock_organization(organization_id=organization.pk)
    earlier = DataExport.objects.owned_by(organization)
    if earlier.filter(status__in=_UNFINISHED).exists():
        raise ExportInTheMaking("An export of your data is in the making already.")
    _remove(earlier.filter(status=DataExportStatus.READY))
    export = DataExport.objects.create(organization=organization, requested_at=now)
    _audit(export, "data_export.requested", actor=actor, now=now)
    export_id = export.pk
    # Robust: a broker that is away must not undo the request; the sweep finds it.
    transaction.on_commit(lambda: tasks.make_data_export.delay(export_id=export_id), robust=True)
    return export


def hand_out(
    *, organization: Organization, export_id: str, actor: Actor, now: datetime
) -> tuple[DataExport, Iterator[bytes]]:
    """
    Return a ready export and its content, piece by piece; it is noted who took it.

    Raises `ExportNotFound`, also for one that was removed.
    """
    export = get_ready_export(organization=organization, export_id=export_id, now=now)
    _audit(export, "data_export.downloaded", actor=actor, now=now)
    return export, _pieces(export)


def remove_expired_exports(*, now: datetime) -> int:
    """Remove the content of the exports that were kept long enough; return how many there were."""
    return _remove(DataExport.objects.filter(expires_at__lte=now))


def _remove(exports: QuerySet[DataExport]) -> int:
    ids = list(exports.values_list("pk", flat=True))
    with transaction.atomic():
        DataExportPart.objects.filter(export__in=ids).delete()
        return DataExport.objects.filter(pk__in=ids).update(
            status=DataExportStatus.REMOVED, expires_at=None
        )


def _pieces(export: DataExport) -> Iterator[bytes]:
    number = 0
    while piece := export.parts.filter(number=number).values_list("content", flat=True).first():
        yield bytes(piece)
        number += 1


def _audit(export: DataExport, action: str, *, actor: Actor, now: datetime) -> None:
    record(
        actor=actor,
        action=action,
        target=export.public_id,
        organization=export.organization,
        now=now,
    )
