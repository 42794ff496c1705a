"""Where grants come from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ..models import CreditGrant


@dataclass(frozen=True, slots=True)
class GrantOrigin:
    """
    What a grant was given for, by its id.

    If it is what another grant left unused, that one's category and life are told as well.
    """

    source: str
    parent_category: str | None
    parent_effective_at: datetime | None
    parent_expires_at: datetime | None


def map_origins(*, organization_id: int, grants: Collection[str]) -> dict[str, GrantOrigin]:
    """Return the origins of grants by their public ids; those of others are left out."""
    rows = CreditGrant.objects.filter(
        organization_id=organization_id, public_id__in=grants
    ).values_list(
        "public_id", "source", "parent__category", "parent__effective_at", "parent__expires_at"
    )
    return {row[0]: GrantOrigin(*row[1:]) for row in rows}
