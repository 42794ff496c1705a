"""Create, change and close organizations."""

from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from config.kernel.errors import DomainError, NotFound

from ..addresses import clean_address
from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..choices import Role
from ..models import Membership, Organization, User
from ..names import clean_name
from ..people.language import check_language
from ..webhooks.stopping import remove_endpoints_of
from .localities import check_currency, check_time_zone
from .locking import lock_organization


class ExternalIdTaken(DomainError):
    """Another organization has this external id."""

    code = "external_id_taken"
    title = "The external id is taken"
    status: ClassVar[int] = 409


@transaction.atomic
def create_organization(
    *,
    name: str,
    currency: str,
    time_zone: str,
    owner: User | None,
    billing_email: str = "",
    external_id: str | None = None,
    actor: Actor,
    now: datetime,
) -> Organization:
    """
    Store a new customer, owned by a person if one is named.

    The currency stays for good, because prices and balances depend on it. Raises `Invalid` for a
    value that cannot be used and `ExternalIdTaken`.
    """
    check_currency(currency)
    check_time_zone(time_zone)
    organization = Organization(
        name=clean_name(name, what=_("The name"), longest=120),
        currency=currency,
        time_zone=time_zone,
        billing_email=clean_address(billing_email) if billing_email else "",
        external_id=clean_external_id(external_id) if external_id is not None else None,
    )
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise ExternalIdTaken(
            _("Another organization has the external id %(external_id)s.")
            % {"external_id": external_id}
        ) from error
    if owner is not None:
        Membership.objects.create(organization=organization, user=owner, role=Role.OWNER)
    record(
        actor=actor,
        action="organization.created",
        target=organization.public_id,
        organization=organization,
        changes={"owner": owner.email if owner else None},
        now=now,
    )
    return organization


@transaction.atomic
def update_organization(
    *,
    organization: Organization,
    name: str,
    time_zone: str,
    billing_email: str,
    language: str | None = None,
    actor: Actor,
    now: datetime,
) -> Organization:
    """
    Change what an organization says about itself, and return it as it now is.

    Without a `language` it keeps the one it has; `""` is the installation's.
    Writes nothing, not even an audit entry, if nothing is different. Raises `Invalid` for a value
    that cannot be used, and `NotFound` if the organization is closed.
    """
    check_time_zone(time_zone)
    check_language(language or "")
    current = _locked(organization)
    after = {
        "name": clean_name(name, what=_("The name"), longest=120),
        "time_zone": time_zone,
        "language": current.language if language is None else language,
        "billing_email": clean_address(billing_email) if billing_email else "",
    }
    changes = differences({field: getattr(current, field) for field in after}, after)
    if not changes:
        return current
    for field, value in after.items():
        setattr(current, field, value)
    current.save(update_fields=list(after))
    record(
        actor=actor,
        action="organization.updated",
        target=current.public_id,
        organization=current,
        changes=changes,
        now=now,
    )
    return current


@transaction.atomic
def close_organization(
    *, organization: Organization, actor: Actor, reason: str = "", now: datetime
) -> None:
    """
    End the business with an organization: its people see it no more, its API keys stop working,
    and its webhook endpoints are told nothing more.

    Its history stays. What it still has agreed to is not looked at here; end that first. Raises
    `NotFound` if the organization was closed before.
    """
    current = _locked(organization)
    current.closed_at = now
    current.save(update_fields=["closed_at"])
    remove_endpoints_of(organization=current, now=now)
    record(
        actor=actor,
        action="organization.closed",
        target=current.public_id,
        organization=current,
        reason=reason,
        now=now,
    )


def clean_external_id(value: str) -> str:
    """Return the external id as it is stored. Raises `Invalid` for an empty or unprintable one."""
    return clean_name(value, what=_("The external id"), longest=128)


def _locked(organization: Organization) -> Organization:
    lock_organization(organization_id=organization.pk)
    current = Organization.objects.open().filter(pk=organization.pk).first()
    if current is None:
        raise NotFound("There is no such organization.")
    return current
