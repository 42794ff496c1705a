"""Register, change and remove webhook endpoints."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, Invalid
from config.kernel.ids import new_id

from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..choices import DisabledReason, WebhookFormat
from ..models import Organization, User, WebhookDelivery, WebhookEndpoint, WebhookEvent
from ..names import clean_name
from ..organizations.locking import lock_organization
from . import kinde
from .addresses import check_url
from .due import at_once
from .locking import lock_endpoint
from .ringing import ring_on_commit
from .signing import make_secret, seal
from .stopping import FAILURE_FIELDS, drop_pending, forget_failures
from .types import TEST_TYPE, declared

LONGEST_OVERLAP: Final = timedelta(days=30)
MOST_ENDPOINTS: Final = 20
LONGEST_DESCRIPTION: Final = 200


class EndpointDisabled(DomainError):
    """Nothing is sent to an endpoint that is disabled."""

    code = "webhook_endpoint_disabled"
    title = "The webhook endpoint is disabled"
    status: ClassVar[int] = 409


class TooManyEndpoints(DomainError):
    """The organization has as many endpoints as it may have."""

    code = "too_many_webhook_endpoints"
    title = "Too many webhook endpoints"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class RegisteredEndpoint:
    """An endpoint with its new secret: the only moment at which the secret can be read."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


def register_endpoint(
    *,
    organization: Organization | None,
    url: str,
    description: str = "",
    event_types: Collection[str] = (),
    format: str = WebhookFormat.STANDARD,
    actor: Actor,
    created_by: User | None = None,
    now: datetime,
) -> RegisteredEndpoint:
    """
    Tell an address of an organization's events from now on; without one, of everybody's.

    No event types means all of them. The host is looked up before anything is written. Raises
    `addresses.UnsuitableUrl` for an address that is not sent to, `Invalid` for an unusable
    description, format or event type, and `TooManyEndpoints`.
    """
    if format not in WebhookFormat.values:
        raise Invalid(_("There is no format %(format)s.") % {"format": format})
    checked = check_url(url)
    secret = make_secret()
    with transaction.atomic(durable=True):
        _require_room(organization)
        endpoint = WebhookEndpoint.objects.create(
            organization=organization,
            url=checked,
            description=_clean_description(description),
            event_types=_clean_types(event_types, format=format),
            format=format,
            encrypted_secret=seal(secret),
            created_by=created_by,
        )
        record(
            actor=actor,
            action="webhook_endpoint.registered",
            target=endpoint.public_id,
            organization=organization,
            changes=_described(endpoint) | {"format": format},
            now=now,
        )
    return RegisteredEndpoint(endpoint=endpoint, secret=secret)


def change_endpoint(
    *,
    endpoint: WebhookEndpoint,
    url: str | None = None,
    description: str | None = None,
    event_types: Collection[str] | None = None,
    actor: Actor,
    now: datetime,
) -> WebhookEndpoint:
    """
    Change where and of what is told; what waits already goes to the new address.

    None leaves it as it is. Raises as `register_endpoint` does, and `EndpointNotFound` for a
    removed one.
    """
    checked = None if url is None else check_url(url)
    with transaction.atomic(durable=True):
        present = lock_endpoint(endpoint)
        before = _described(present)
        if checked not in (None, present.url):
            forget_failures(present)
        present.url = checked or present.url
        if description is not None:
            present.description = _clean_description(description)
        if event_types is not None:
            present.event_types = _clean_types(event_types, format=present.format)
        present.save(update_fields=["url", "description", "event_types", *FAILURE_FIELDS])
        changes = differences(before, _described(present))
        if changes:
            _record("changed", present, actor=actor, now=now, changes=changes)
        ring_on_commit(endpoint_id=present.pk)
    return present


@transaction.atomic(durable=True)
def rotate_secret(
    *, endpoint: WebhookEndpoint, overlap: timedelta, actor: Actor, now: datetime
) -> RegisteredEndpoint:
    """
    Give an endpoint a new secret; the present one signs as well until the overlap is over.

    Raises `Invalid` for an overlap below nothing or above thirty days, and `EndpointNotFound`.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid(
            _("The overlap must be between nothing and %(days)s days.")
            % {"days": LONGEST_OVERLAP.days}
        )
    present = lock_endpoint(endpoint)
    secret = make_secret()
    present.former_encrypted_secret = present.encrypted_secret if overlap else None
    present.former_secret_until = now + overlap if overlap else None
    present.encrypted_secret = seal(secret)
    present.save(
        update_fields=["encrypted_secret", "former_encrypted_secret", "former_secret_until"]
    )
    until = present.former_secret_until
    changes = {"former_secret_until": until.isoformat() if until else None}
    _record("secret_rotated", present, actor=actor, now=now, changes=changes)
    return RegisteredEndpoint(endpoint=present, secret=secret)


@transaction.atomic(durable=True)
def enable_endpoint(*, endpoint: WebhookEndpoint, actor: Actor, now: datetime) -> WebhookEndpoint:
    """
    Tell a disabled endpoint again of what happens from now on; harmless for an enabled one.

    What it missed is sent by `deliveries.resend_failed`. Raises `EndpointNotFound`.
    """
    present = lock_endpoint(endpoint)
    if present.disabled_at is None:
        return present
    present.disabled_at = None
    present.disabled_reason = ""
    forget_failures(present)
    present.save(update_fields=["disabled_at", "disabled_reason", *FAILURE_FIELDS])
    _record("enabled", present, actor=actor, now=now)
    return present


@transaction.atomic(durable=True)
def disable_endpoint(*, endpoint: WebhookEndpoint, actor: Actor, now: datetime) -> WebhookEndpoint:
    """
    Send nothing more to an endpoint until it is enabled; what was pending is dropped.

    Harmless for a disabled one. Raises `EndpointNotFound`.
    """
    present = lock_endpoint(endpoint)
    if present.disabled_at is not None:
        return present
    present.disabled_at = now
    present.disabled_reason = DisabledReason.BY_HAND
    present.save(update_fields=["disabled_at", "disabled_reason"])
    dropped = drop_pending(endpoint=present, now=now)
    _record("disabled", present, actor=actor, now=now, changes={"dropped": dropped})
    return present


@transaction.atomic(durable=True)
def remove_endpoint(*, endpoint: WebhookEndpoint, actor: Actor, now: datetime) -> None:
    """Send nothing more to an endpoint, for ever. Raises `EndpointNotFound` for a removed one."""
    present = lock_endpoint(endpoint)
    present.deleted_at = now
    present.save(update_fields=["deleted_at"])
    dropped = drop_pending(endpoint=present, now=now)
    _record("removed", present, actor=actor, now=now, changes={"dropped": dropped})


@transaction.atomic(durable=True)
def send_test_event(*, endpoint: WebhookEndpoint, actor: Actor, now: datetime) -> WebhookDelivery:
    """
    Send an event that means nothing to this endpoint alone, whatever types it wants.

    Raises `EndpointDisabled`, and `EndpointNotFound` for a removed one.
    """
    present = lock_endpoint(endpoint)
    if present.disabled_at is not None:
        raise EndpointDisabled(_("Enable the endpoint first."))
    event_id = new_id(WebhookEvent.id_prefix)
    event = WebhookEvent.objects.create(
        public_id=event_id,
        organization=present.organization,
        type=TEST_TYPE,
        dedupe_key=f"{TEST_TYPE}:{event_id}",
        data={"message": "This is a test."},
        occurred_at=now,
    )
    delivery = WebhookDelivery.objects.create(
        endpoint=present, event=event, type=TEST_TYPE, due_at=at_once(now)
    )
    delivery.refresh_from_db(fields=["due_at"])
    _record("tested", present, actor=actor, now=now)
    ring_on_commit(endpoint_id=present.pk)
    return delivery


def _require_room(organization: Organization | None) -> None:
    if organization is not None:
        lock_organization(organization_id=organization.pk)
    present = WebhookEndpoint.objects.present().filter(organization=organization)
    if present.count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(
            _("There may be %(most)s webhook endpoints.") % {"most": MOST_ENDPOINTS}
        )


def _clean_description(description: str) -> str:
    return clean_name(
        description, what=_("The description"), longest=LONGEST_DESCRIPTION, may_be_empty=True
    )


def _clean_types(event_types: Collection[str], *, format: str) -> list[str]:
    """Each type once, in the order of the list of types. Kinde's names are good for its format."""
    known = [*declared()]
    if format == WebhookFormat.KINDE:
        known += kinde.NAMES
    unknown = sorted(set(event_types) - set(known))
    if unknown:
        raise Invalid(f"There is no event type {', '.join(unknown)}.")
    return [type_ for type_ in known if type_ in event_types]


def _described(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
    }


def _record(
    deed: str,
    endpoint: WebhookEndpoint,
    *,
    actor: Actor,
    now: datetime,
    changes: Mapping[str, object] | None = None,
) -> None:
    record(
        actor=actor,
        action=f"webhook_endpoint.{deed}",
        target=endpoint.public_id,
        organization=endpoint.organization,
        changes=dict(changes or {}),
        now=now,
    )
