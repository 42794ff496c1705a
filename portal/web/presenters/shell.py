"""What stands around every page: navigation, organization, person, the state of billing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.access.permissions import Permission, has_permission
from accounts.models import Membership, Organization, StaffVisit, User
from accounts.visits.guests import Guest
from billing.outcomes.queries import has_outcomes
from billing.stripe.gateway.configuration import is_connected

from ...standing import agreement_in_force, offer_in_view, standing_of
from ...tenancy import Tenancy, tenancy_of
from ...visiting import guest_of, staff_visit_of
from .billing_state import BillingState, present_billing_state
from .people import initials

_NAVIGATION: Final = (
    ("overview", gettext_noop("Overview"), "overview"),
    ("usage", gettext_noop("Usage"), "usage"),
    ("credits", gettext_noop("Credits"), "credits"),
    ("outcomes", gettext_noop("Outcomes"), "check"),
    ("limits", gettext_noop("Limits"), "limits"),
    ("plan", gettext_noop("Plan"), "pricing"),
    ("offer", gettext_noop("Your offer"), "info"),
    ("invoices", gettext_noop("Invoices"), "receipt"),
    ("payment", gettext_noop("Payment"), "card"),
    ("members", gettext_noop("Members"), "members"),
    ("developers", gettext_noop("Developers"), "key"),
    ("settings", gettext_noop("Settings"), "settings"),
)
# There is no such page while billing is not connected.
_CONNECTED_ONLY: Final = frozenset({"payment"})


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
class VisitInShell:
    """Who of the staff looks at whose portal, with whose eyes, and until when."""

    staff: str
    organization: str
    role: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around a page. `guest` is whom a link let in."""

    person: PersonInShell
    organization: CurrentOrganization | None
    organizations: tuple[OrganizationChoice, ...]
    nav: tuple[NavLink, ...]
    billing: BillingState
    guest: Guest | None = None
    visit: VisitInShell | None = None

    @property
    def is_confined(self) -> bool:
        """Whether this one organization is all that there is to see."""
        return self.guest is not None or self.visit is not None


def present_shell(request: HttpRequest, *, user: User, now: datetime) -> Shell:
    """Read what surrounds a page for somebody who looks at the portal."""
    tenancy = tenancy_of(request)
    guest, visit = guest_of(request), staff_visit_of(request)
    person = PersonInShell(
        name=user.get_full_name(),
        email=user.email,
        initials=initials(user.get_full_name()),
        is_staff=user.is_staff and guest is None,
    )
    if tenancy.membership is None:
        return Shell(person, None, (), (), BillingState(is_connected=is_connected()))
    organization = tenancy.membership.organization
    agreement = agreement_in_force(request)
    return Shell(
        person=person,
        organization=_current(
            tenancy.membership, plan=agreement.plan_version.plan.name if agreement else ""
        ),
        organizations=_choices(tenancy, current=organization),
        nav=_nav(request, tenancy.membership),
        billing=present_billing_state(request, tenancy.membership, now=now),
        guest=guest,
        visit=None if visit is None else _visit(visit),
    )


def _visit(visit: StaffVisit) -> VisitInShell:
    return VisitInShell(
        staff=visit.user.get_full_name(),
        organization=visit.organization.name,
        role=visit.get_role_display(),
        ends_at=visit.ends_at,
    )


def _current(membership: Membership, *, plan: str) -> CurrentOrganization:
    name = membership.organization.name
    return CurrentOrganization(name, initials(name), membership.get_role_display(), plan)


def _choices(tenancy: Tenancy, *, current: Organization) -> tuple[OrganizationChoice, ...]:
    return tuple(
        OrganizationChoice(one.code, one.name, one == current) for one in tenancy.organizations
    )


def _nav(request: HttpRequest, membership: Membership) -> tuple[NavLink, ...]:
    here = request.path
    hidden = set() if is_connected() else set(_CONNECTED_ONLY)
    standing = standing_of(request)
    if standing is None:
        knows_outcomes = has_outcomes(organization=membership.organization)
    else:
        knows_outcomes = standing.has_outcomes
    if not knows_outcomes:
        hidden.add("outcomes")
    may_see_offers = has_permission(membership.role, Permission.VIEW_BILLING)
    if not (offer_in_view(request) and may_see_offers):
        hidden.add("offer")
    links = []
    # What has an address below that of a page, and is not that page's: the person's settings are
    # not the organization's.
    apart = {
        "plan": (reverse("portal:offer"),),
        "settings": (reverse("portal:personal_settings"), reverse("portal:notifications")),
    }
    for name, label, icon in _NAVIGATION:
        if name in hidden:
            continue
        url = reverse(f"portal:{name}")
        is_current = here.startswith(url) and not here.startswith(apart.get(name, ()))
        links.append(NavLink(url, _(label), icon, is_current))
    return tuple(links)
