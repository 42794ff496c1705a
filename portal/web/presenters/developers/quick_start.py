"""The first steps of an app, and which of them are done."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.api_keys.queries import has_used_a_key, list_api_keys
from accounts.webhooks.queries import list_endpoints
from billing.choices import FeatureKind
from billing.entitlements.queries import Entitlement, list_entitlements
from billing.models import Agreement
from metering.queries import has_events
from metering.rate_card.queries import ActionOnCard, list_actions

from ...access import Visit
from .samples import Names, Sample, write_samples


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do. `page` is the name of the page to do it on, if it is done there."""

    title: str
    note: str
    is_done: bool
    page: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A name that apps call something by."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class QuickStartPage:
    """Everything on the quick start."""

    steps: tuple[Step, ...]
    samples: tuple[Sample, ...]
    url: str
    organization_id: str
    agreement_id: str
    features: tuple[Code, ...]
    actions: tuple[Code, ...]


def present_quick_start(visit: Visit, *, agreement: Agreement | None) -> QuickStartPage:
    """Read what the organization's apps need to know, and how far they have come."""
    organization = visit.organization
    entitlements = list_entitlements(organization=organization, now=visit.now)
    features = [one for one in entitlements if one.kind == FeatureKind.METERED]
    actions = list_actions(at=visit.now)
    agreement_id = agreement.public_id if agreement else ""
    names = Names(
        url=settings.PUBLIC_URL,
        organization=organization.public_id,
        agreement=agreement_id or "agr_...",
        action=_first_action(actions),
        feature=_first_feature(features, otherwise="FEATURE"),
        flag=_first_feature(
            [one for one in entitlements if isinstance(one.value, bool)], otherwise="FLAG"
        ),
    )
    return QuickStartPage(
        steps=_steps(visit),
        samples=write_samples(names),
        url=settings.PUBLIC_URL,
        organization_id=organization.public_id,
        agreement_id=agreement_id,
        features=tuple(Code(one.feature, one.name) for one in features),
        actions=tuple(Code(one.code, one.name) for one in actions),
    )


def _steps(visit: Visit) -> tuple[Step, ...]:
    organization = visit.organization
    is_used = has_used_a_key(organization=organization)
    endpoints = list_endpoints(organization=organization)
    return (
        Step(
            _("Make a key"),
            _("It names your organization, so your app does not have to."),
            is_used or bool(list_api_keys(organization=organization, now=visit.now)),
            "portal:developer_keys",
        ),
        Step(_("Use the key"), _("Any call counts. The samples below are one each."), is_used),
        Step(
            _("Report what was used"),
            _("It shows up on the usage page at once."),
            has_events(organization_id=organization.pk),
            "portal:usage",
        ),
        Step(
            _("Be told of what happens"),
            _("Done when a webhook of yours has answered with 2xx."),
            any(endpoint.last_success_at for endpoint in endpoints),
            "portal:developer_webhooks",
        ),
    )


def _first_action(actions: list[ActionOnCard]) -> str:
    return actions[0].code if actions else "ACTION"


def _first_feature(entitlements: list[Entitlement], *, otherwise: str) -> str:
    return entitlements[0].feature if entitlements else otherwise
