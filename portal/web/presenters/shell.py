"""What stands around every page: navigation, organization, person, the state of billing."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Membership, Organization, User
from billing.agreements.queries import find_live_agreement
from billing.choices import AgreementStatus, Collection

from ...tenancy import Tenancy, tenancy_of
from .people import initials

_NAVIGATION: Final = (
    ("overview", gettext_noop("Overview"), "overview"),
    ("usage", gettext_noop("Usage"), "usage"),
    ("credits", gettext_noop("Credits"), "credits"),
    ("limits", gettext_noop("Limits"), "limits"),
    ("members", gettext_noop("Members"), "members"),
    ("settings", gettext_noop("Settings"), "settings"),
)


@dataclass(frozen=True, slots=True)
class NavLink:
    """A way to one of the main pages."""

    url: str
    label: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OrganizationChoice:
    """An organization that the person may look at."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class CurrentOrganization:
    """The organization in use, and the person's place in it."""

    name: str
    initials: str
    role: str
    plan: str


@dataclass(frozen=True, slots=True)
class PersonInShell:
    """Who is signed in."""

    name: str
    email: str
    initials: str
    is_staff: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around a page."""

    person: PersonInShell
    organization: CurrentOrganization | None
    organizations: tuple[OrganizationChoice, ...]
    nav: tuple[NavLink, ...]
    is_billing_unconnected: bool
    is_past_due: bool = False


def present_shell(request: HttpRequest, *, user: User) -> Shell:
    """Read what surrounds a page for a signed-in person."""
    tenancy = tenancy_of(request)
    person = PersonInShell(
        name=user.get_full_name(),
        email=user.email,
        initials=initials(user.get_full_name()),
        is_staff=user.is_staff,
    )
    if tenancy.membership is None:
        return Shell(person, None, (), (), is_billing_unconnected=False)
    organization = tenancy.membership.organization
    agreement = find_live_agreement(organization=organization)
    return Shell(
        person=person,
        organization=_current(
            tenancy.membership, plan=agreement.plan_version.plan.name if agreement else ""
        ),
        organizations=_choices(tenancy, current=organization),
        nav=_nav(request),
        is_billing_unconnected=agreement is not None
        and agreement.collection == Collection.NOT_CONNECTED,
        is_past_due=agreement is not None and agreement.status == AgreementStatus.PAST_DUE,
    )


def _current(membership: Membership, *, plan: str) -> CurrentOrganization:
    name = membership.organization.name
    return CurrentOrganization(name, initials(name), membership.get_role_display(), plan)


def _choices(tenancy: Tenancy, *, current: Organization) -> tuple[OrganizationChoice, ...]:
    return tuple(
        OrganizationChoice(one.code, one.name, one == current) for one in tenancy.organizations
    )


def _nav(request: HttpRequest) -> tuple[NavLink, ...]:
    here = request.path
    links = []
    for name, label, icon in _NAVIGATION:
        url = reverse(f"portal:{name}")
        is_current = here.startswith(url) and not here.startswith(
            reverse("portal:personal_settings")
        )
        links.append(NavLink(url, _(label), icon, is_current))
    return tuple(links)
