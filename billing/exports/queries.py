"""Reads of exports."""

from datetime import datetime

from accounts.models import Organization
from config.kernel.errors import NotFound

from ..choices import DataExportStatus
from ..models import DataExport


class ExportNotFound(NotFound):
    """There is no such export, it is another organization's, or it was removed."""

    code = "export_not_found"
    title = "No such export"


def find_latest_export(*, organization: Organization) -> DataExport | None:
    """Return the export that was asked for last; None if none was."""
    return DataExport.objects.owned_by(organization).order_by("-pk").first()


def get_ready_export(*, organization: Organization, export_id: str, now: datetime) -> DataExport:
    """Return an export whose file is there. Raises `ExportNotFound`."""
    ready = DataExport.objects.owned_by(organization).filter(
        public_id=export_id, status=DataExportStatus.READY, expires_at__gt=now
    )
    export = ready.select_related("organization").first()
    if export is None:
        raise ExportNotFound("There is no such export.")
    return export
