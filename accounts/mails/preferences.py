"""Which mails a person wants from their organizations."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from ..choices import MailAlert
from ..models import MailOptOut, Membership, User


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person gets from one of their organizations, of what they may do without."""

    organization_code: str
    organization_name: str
    wanted: frozenset[MailAlert]


def list_preferences(*, user: User) -> list[Preference]:
    """Return what a person gets from each of their organizations, in the order of their names."""
    outs = MailOptOut.objects.filter(user=user).values_list("organization", "alert")
    unwanted = set(outs)
    places = Membership.objects.filter(user=user, organization__closed_at=None)
    return [
        Preference(
            organization_code=place.organization.code,
            organization_name=place.organization.name,
            wanted=frozenset(
                alert for alert in MailAlert if (place.organization_id, alert) not in unwanted
            ),
        )
        for place in places.select_related("organization").order_by("organization__name", "pk")
    ]


@transaction.atomic
def choose_alerts(*, user: User, wanted: Collection[tuple[str, str]]) -> None:
    """
    Let a person have exactly these alerts: pairs of an organization's code and an alert.

    What is no alert, or of an organization that they do not belong to, is as if it were not there.
    """
    places = Membership.objects.filter(user=user, organization__closed_at=None)
    organizations = [place.organization for place in places.select_related("organization")]
    MailOptOut.objects.filter(user=user, organization__in=organizations).delete()
    MailOptOut.objects.bulk_create(
        MailOptOut(organization=organization, user=user, alert=alert)
        for organization in organizations
        for alert in MailAlert
        if (organization.code, alert) not in wanted
    )
