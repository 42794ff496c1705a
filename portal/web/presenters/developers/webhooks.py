"""The organization's webhook endpoints, and of what they may be told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import WebhookEndpoint
from accounts.webhooks.queries import list_endpoints
from accounts.webhooks.types import TEST_TYPE, declared, is_on_request
from billing.events import EventType

from ...access import Visit

# Nobody subscribes to these: one is sent when it is asked for, the other to the company alone.
_NOT_OFFERED: Final = frozenset({TEST_TYPE, str(EventType.PLAN_PUBLISHED)})
# What happens to what, by the first word of a type.
_NOUNS: Final = {
    "credits": gettext_lazy("Credits"),
    "guarantee": gettext_lazy("Guarantee"),
    "invoice": gettext_lazy("Invoice"),
    "money_credit": gettext_lazy("Money credit"),
    "outcome": gettext_lazy("Outcome"),
    "outcome_dispute": gettext_lazy("Dispute of an outcome"),
    "plan_change": gettext_lazy("Plan change"),
    "private_offer": gettext_lazy("Private offer"),
    "rate_change": gettext_lazy("Rate change"),
    "repricing_offer": gettext_lazy("Move to another plan"),
    "spend_cap": gettext_lazy("Spend cap"),
    "subscription": gettext_lazy("Subscription"),
    "top_up": gettext_lazy("Top-up"),
    "trial": gettext_lazy("Trial"),
    "usage": gettext_lazy("Usage"),
}


@dataclass(frozen=True, slots=True)
class EventChoice:
    """One kind of event. Those on request are sent only to whoever names them."""

    type: str
    description: str
    is_chosen: bool
    is_on_request: bool


@dataclass(frozen=True, slots=True)
class EventGroup:
    """All that may happen to one thing."""

    noun: str
    choices: tuple[EventChoice, ...]


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint, and how it is doing."""

    id: str
    url: str
    description: str
    format: str
    type_count: int
    is_disabled: bool
    disabled_why: str
    failing_since: datetime | None
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhooksPage:
    """Everything on the page of webhooks."""

    endpoints: tuple[EndpointRow, ...]
    groups: tuple[EventGroup, ...]


def list_event_types() -> list[str]:
    """Return the kinds of events that an organization can be told of."""
    return [type_ for type_ in declared() if type_ not in _NOT_OFFERED]


def present_webhooks(visit: Visit, *, chosen: Collection[str] | None) -> WebhooksPage:
    """Read the organization's endpoints; `chosen` are the types ticked in the form."""
    return WebhooksPage(
        endpoints=tuple(
            present_row(endpoint) for endpoint in list_endpoints(organization=visit.organization)
        ),
        groups=tuple(_groups(chosen or ())),
    )


def present_row(endpoint: WebhookEndpoint) -> EndpointRow:
    """Describe an endpoint, without asking for anything."""
    return EndpointRow(
        id=endpoint.public_id,
        url=endpoint.url,
        description=endpoint.description,
        format=endpoint.get_format_display(),
        type_count=len(endpoint.event_types),
        is_disabled=endpoint.disabled_at is not None,
        disabled_why=endpoint.get_disabled_reason_display() if endpoint.disabled_reason else "",
        failing_since=endpoint.failing_since,
        last_success_at=endpoint.last_success_at,
    )


def _groups(chosen: Collection[str]) -> list[EventGroup]:
    descriptions = declared()
    return [
        EventGroup(
            noun=str(_NOUNS[noun]),
            choices=tuple(
                EventChoice(type_, _(descriptions[type_]), type_ in chosen, is_on_request(type_))
                for type_ in types
            ),
        )
        for noun, types in groupby(list_event_types(), key=lambda type_: type_.partition(".")[0])
    ]
