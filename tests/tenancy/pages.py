"""Who may see and do what on the pages: the policy of each, and every cell of the matrix."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.test import Client
from django.urls import reverse

from accounts.access.permissions import Permission, has_permission
from accounts.choices import Role
from accounts.models import User

from .cells import Reply, fingerprint_of, new_client, read_reply, undone
from .inventory import Operation
from .world import CANARY, ROLES, TwoCustomers

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
LOGIN: Final = "/account/login/"
VIEW: Final = frozenset({"GET"})
DO: Final = frozenset({"POST"})
ASK_THEN_DO: Final = VIEW | DO

Form = Callable[[Mapping[str, str]], Mapping[str, Any]]


def nothing(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    """An empty form."""
    return {}


@dataclass(frozen=True)
class Page:
    """
    What holds for one address.

    Without a permission it is for everybody, or for people who are signed in. Who may is answered
    with one of `answers`; `form` is what a POST sends about the ids that are given.
    """

    permission: Permission | None = None
    # What a POST needs, where that is more.
    to_do: Permission | None = None
    is_public: bool = False
    methods: frozenset[str] = VIEW
    form: Form = nothing
    query: str = ""
    answers: frozenset[int] = frozenset({200, 302})
    # Those of its ids that are looked at within one organization.
    ids: tuple[str, ...] = ()
    # The address holds a secret: whoever knows it may be told whose it is.
    is_secret: bool = False
    others: Mapping[str, str] = field(default_factory=dict)

    def permission_for(self, method: str) -> Permission:
        """What somebody needs for this method of a page of an organization."""
        permission = self.to_do if method == "POST" and self.to_do else self.permission
        assert permission is not None, self
        return permission


def of(permission: Permission, **facts: Any) -> Page:
    """A page of an organization."""
    return Page(permission=permission, **facts)


PERSONAL: Final = Page()
PUBLIC: Final = Page(is_public=True)
SEE_USAGE, SEE_BILLING = Permission.VIEW_USAGE, Permission.VIEW_BILLING
PAY, RUN = Permission.MANAGE_BILLING, Permission.MANAGE_ORGANIZATION
SEE_PEOPLE, HIRE = Permission.VIEW_MEMBERS, Permission.MANAGE_MEMBERS
# Acme has nothing of the kind.
NOT_THERE: Final = frozenset({404})
DEVELOP: Final = Permission.MANAGE_DEVELOPERS
ONE_ENDPOINT: Final = ("endpoint_id",)
ONE_DELIVERY: Final = ("endpoint_id", "delivery_id")
FEATURE: Final = {"feature": "ai_credits"}

POLICIES: Final[dict[str, Page]] = {
    "components": PUBLIC,
    "home": PUBLIC,
    "pricing": PUBLIC,
    "pricing_table": Page(is_public=True, others={"key": "spring_promo"}),
    "embedded_pricing": Page(is_public=True, others={"key": "current"}),
    # For staff alone; to everybody else it is not there.
    "preview_pricing": Page(is_public=True, others={"version_id": "1"}),
    "signup": PUBLIC,
    "invitation": Page(is_public=True, ids=("token",), is_secret=True),
    "accept_invitation": Page(methods=DO, ids=("token",), is_secret=True),
    "start": Page(methods=ASK_THEN_DO),
    "choose_language": Page(is_public=True, methods=DO, form=lambda _: {"language": "de"}),
    "portal_link": Page(is_public=True, ids=("link_token",), is_secret=True),
    "enter_by_link": Page(is_public=True, methods=DO, ids=("link_token",), is_secret=True),
    "leave_portal": Page(is_public=True, methods=DO),
    "end_staff_visit": Page(methods=DO),
    "organizations": PERSONAL,
    # For members of Acme; what others get is what they get for an organization that is not there.
    "switch_organization": Page(
        methods=DO,
        answers=frozenset({302, 404}),
        ids=("organization",),
        form=lambda ids: {"organization": ids["organization"]},
    ),
    "personal_settings": Page(methods=ASK_THEN_DO, form=lambda _: {"name": "Alice"}),
    "notifications": Page(
        methods=ASK_THEN_DO, form=lambda ids: {"alert": f"{ids['organization']}:limits"}
    ),
    # Whoever has the link in a mail may stop mails like it.
    "unsubscribe": Page(is_public=True, methods=ASK_THEN_DO, ids=("mail_token",), is_secret=True),
    "overview": of(SEE_USAGE),
    "usage": of(SEE_USAGE),
    "ledger_csv": of(SEE_USAGE),
    "grant": of(SEE_USAGE, ids=("grant_id",)),
    "outcomes": of(SEE_USAGE),
    "outcome": of(SEE_USAGE, ids=("outcome_id",)),
    "dispute_outcome": of(
        PAY, methods=DO, ids=("outcome_id",), form=lambda _: {"reason": "Nobody came"}
    ),
    "limits": of(SEE_USAGE),
    "add_threshold": of(
        PAY, methods=DO, form=lambda _: {"what": "percent:ai_credits", "level": "70"}
    ),
    "remove_threshold": of(PAY, methods=DO, ids=("threshold_id",)),
    "set_spend_cap": of(PAY, methods=DO, form=lambda _: {"amount": "10", "action": "stop"}),
    "remove_spend_cap": of(PAY, methods=DO, answers=NOT_THERE),
    "credits": of(SEE_BILLING),
    "order_packs": of(
        PAY, methods=ASK_THEN_DO, query="?pack=small", form=lambda _: {"pack": "small", "packs": 1}
    ),
    "cancel_order": of(PAY, methods=ASK_THEN_DO, ids=("top_up_id",)),
    "pay_order": of(PAY, methods=DO, ids=("top_up_id",)),
    "set_automatic": of(PAY, methods=DO, others=FEATURE),
    "remove_automatic": of(PAY, methods=DO, others=FEATURE, answers=NOT_THERE),
    "plan": of(SEE_BILLING),
    "subscribe": of(PAY, methods=ASK_THEN_DO),
    "checkout": of(PAY, ids=("checkout_id",)),
    "change_plan": of(PAY, methods=ASK_THEN_DO, query="?plan=starter"),
    "undo_change": of(PAY, methods=DO),
    "cancel_plan": of(PAY, methods=ASK_THEN_DO),
    "resume_plan": of(PAY, methods=DO),
    "offer": of(SEE_BILLING),
    "accept_offer": of(PAY, methods=DO),
    "decline_offer": of(PAY, methods=DO),
    "guarantee": of(SEE_BILLING),
    "invoices": of(SEE_BILLING),
    "invoice": of(SEE_BILLING, ids=("invoice_id",)),
    "invoices_csv": of(SEE_BILLING),
    "payment": of(SEE_BILLING),
    "change_payment": of(PAY, methods=DO),
    "payment_details": of(PAY, methods=ASK_THEN_DO),
    "add_tax_id": of(PAY, methods=DO, form=lambda _: {"kind": "eu_vat", "value": "DE123456789"}),
    "remove_tax_id": of(PAY, methods=DO, others={"tax_id": "txi_1"}),
    "members": of(SEE_PEOPLE),
    "invite": of(HIRE, methods=DO, form=lambda _: {"email": "new@acme.example", "role": "member"}),
    "change_role": of(
        HIRE, methods=DO, ids=("membership_id",), form=lambda _: {"role": "developer"}
    ),
    "remove_member": of(SEE_PEOPLE, methods=ASK_THEN_DO, ids=("membership_id",)),
    "revoke_invitation": of(HIRE, methods=DO, ids=("invitation_id",)),
    "developers": of(DEVELOP),
    "developer_keys": of(DEVELOP),
    "issue_developer_key": of(
        DEVELOP,
        methods=DO,
        form=lambda _: {"name": "New", "expires": "30", "scopes": ["usage:write"]},
    ),
    "rotate_developer_key": of(
        DEVELOP, methods=DO, ids=("key_id",), form=lambda _: {"overlap": "1"}
    ),
    "revoke_developer_key": of(DEVELOP, methods=DO, ids=("key_id",)),
    "developer_explorer": of(DEVELOP, methods=ASK_THEN_DO),
    "developer_webhooks": of(DEVELOP),
    "add_webhook": of(
        DEVELOP,
        methods=DO,
        form=lambda _: {"url": "https://127.0.0.1/new", "format": "standard"},
    ),
    "developer_webhook": of(DEVELOP, ids=ONE_ENDPOINT),
    "rotate_webhook": of(DEVELOP, methods=DO, ids=ONE_ENDPOINT, form=lambda _: {"overlap": "1"}),
    "switch_webhook": of(DEVELOP, methods=DO, ids=ONE_ENDPOINT),
    "test_webhook": of(DEVELOP, methods=DO, ids=ONE_ENDPOINT),
    "remove_webhook": of(DEVELOP, methods=DO, ids=ONE_ENDPOINT),
    "resend_failed_webhooks": of(
        DEVELOP, methods=DO, ids=ONE_ENDPOINT, form=lambda _: {"since": "24"}
    ),
    "developer_delivery": of(DEVELOP, ids=ONE_DELIVERY),
    "resend_webhook": of(DEVELOP, methods=DO, ids=ONE_DELIVERY),
    "settings": of(
        SEE_USAGE,
        to_do=RUN,
        methods=ASK_THEN_DO,
        form=lambda _: {"name": "Acme", "time_zone": "UTC"},
    ),
    "contacts": of(SEE_BILLING),
    "add_contact": of(
        PAY, methods=DO, form=lambda _: {"email": "ap@acme.example", "gets_usage": "on"}
    ),
    "change_billing_email": of(PAY, methods=DO, form=lambda _: {"billing_email": ""}),
    "contact": of(
        PAY, methods=ASK_THEN_DO, ids=("contact_id",), form=lambda _: {"gets_usage": "on"}
    ),
    "remove_contact": of(PAY, methods=DO, ids=("contact_id",)),
    "properties": of(SEE_USAGE),
    "exports": of(RUN),
    "ask_for_export": of(RUN, methods=DO),
    "export_file": of(RUN, ids=("export_id",)),
    "audit": of(RUN),
    "audit_entries": of(RUN),
}


@dataclass(frozen=True)
class Caller:
    """Somebody in front of a browser."""

    name: str
    user: User | None = None
    role: Role | None = None

    def browser(self) -> Client:
        """A browser in which they are signed in, if they have an account."""
        client = new_client()
        if self.user is not None:
            client.force_login(self.user, backend=BACKEND)
        return client


def list_callers(world: TwoCustomers, *, outsider: User, former: User) -> list[Caller]:
    """A visitor, people without a place at Acme, and everybody at Acme by their role."""
    return [
        Caller("a visitor"),
        Caller("somebody of no organization", outsider),
        Caller("a former member", former),
        *(Caller(f"{role} of Acme", world.acme.people[role], role) for role in ROLES),
    ]


def list_findings(
    operation: Operation, page: Page, *, world: TwoCustomers, callers: list[Caller]
) -> Iterator[str]:
    """Ask as everybody, about what is Acme's, what is Crane's, and what is nobody's."""
    for caller in callers:
        own = _ask(operation, page, caller, ids=world.acme.ids, world=world)
        for finding in _judge(own, page, caller, operation.method):
            yield f"{operation} by {caller.name}: {finding}"
        if not page.ids or page.is_secret:
            continue
        foreign = _ask(operation, page, caller, ids=world.crane.ids, world=world)
        missing = _ask(operation, page, caller, ids=world.missing, world=world)
        ids = [*world.crane.ids.values(), *world.missing.values()]
        if foreign.without(*ids) != missing.without(*ids):
            yield f"{operation} by {caller.name}: what is Crane's can be told from what is missing"
        if _may(page, caller, operation.method) and foreign.status != 404:
            yield f"{operation} by {caller.name}: {foreign.status} for what is Crane's"


def _ask(
    operation: Operation, page: Page, caller: Caller, *, ids: Mapping[str, str], world: TwoCustomers
) -> Reply:
    in_address = {name: ids[name] for name in page.ids if f":{name}>" in operation.route}
    address = reverse(operation.name, kwargs={**in_address, **page.others})
    with undone():
        browser = caller.browser()
        if operation.method == "POST":
            response = browser.post(address, dict(page.form(ids)))
        else:
            response = browser.get(address + page.query)
        reply = read_reply(response)
        after = fingerprint_of(world.crane.organization.pk)
    assert after == world.crane.fingerprint, f"{operation} by {caller.name} changed what is Crane's"
    told_itself = any(CANARY in name for name in in_address.values())
    assert told_itself or not reply.tells(CANARY), f"{operation} told {caller.name} about Crane"
    return reply


def _judge(reply: Reply, page: Page, caller: Caller, method: str) -> Iterator[str]:
    """Yield what is wrong with an answer about what is Acme's."""
    told = (reply.status, reply.location)
    if reply.status >= 500:
        yield f"it failed: {reply.status}"
    elif page.is_public:
        return
    elif caller.user is None:
        if not (reply.status == 302 and LOGIN in reply.location):
            yield f"{told} instead of the login"
    elif _may(page, caller, method):
        if reply.status not in page.answers:
            yield f"{told} instead of {sorted(page.answers)}"
    elif told != _refusal(caller):
        yield f"{told} instead of {_refusal(caller)}"


def _refusal(caller: Caller) -> tuple[int, str]:
    """Whoever belongs to no organization is asked to start one; others are told who may."""
    return (302, reverse("portal:start")) if caller.role is None else (403, "")


def _may(page: Page, caller: Caller, method: str) -> bool:
    if caller.user is None:
        return page.is_public
    if page.permission is None:
        return True
    return caller.role is not None and has_permission(caller.role, page.permission_for(method))
