"""The meters on which an organization has something."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from ..models import LedgerAccount, Meter, UsagePeriod


@dataclass(frozen=True, slots=True)
class MeterOfOrganization:
    """A meter, and what its units are called."""

    id: int
    code: str
    unit: str
    unit_plural: str


def find_meter_of(*, organization_id: int, code: str) -> MeterOfOrganization | None:
    """Return a meter on which the organization ever had a period or credits; else None."""
    periods = UsagePeriod.objects.filter(organization_id=organization_id, meter=OuterRef("pk"))
    accounts = LedgerAccount.objects.filter(organization_id=organization_id, meter=OuterRef("pk"))
    row = (
        Meter.objects.filter(Exists(periods) | Exists(accounts), code=code)
        .values_list("pk", "code", "unit", "unit_plural")
        .first()
    )
    return None if row is None else MeterOfOrganization(*row)
