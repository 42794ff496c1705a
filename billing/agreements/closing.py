"""The end of business with an organization."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from accounts.organizations.operations import close_organization
from config.kernel.errors import DomainError

from .queries import find_live_agreement


class AgreementInForce(DomainError):
    """An organization is not closed while it has an agreement: nobody would be left to end it."""

    code = "agreement_in_force"
    title = "The organization has an agreement"


@transaction.atomic
def close_customer(
    *, organization: Organization, actor: Actor, reason: str = "", now: datetime
) -> None:
    """
    Close an organization that has agreed to nothing any more.

    Raises `AgreementInForce`, and `NotFound` if it was closed before.
    """
    lock_organization(organization_id=organization.pk)
    if find_live_agreement(organization=organization) is not None:
        raise AgreementInForce(_("The organization has an agreement. End that first."))
    close_organization(organization=organization, actor=actor, reason=reason, now=now)
