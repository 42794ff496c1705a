"""Acme and Crane, with one of everything each. Whatever Crane wrote can be told from the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounts.choices import DeliveryStatus, Role, WebhookFormat
from accounts.contacts.operations import ContactDetails, add_billing_contact
from accounts.mails.unsubscribing import unsubscribe_url
from accounts.memberships.invitations import invite
from accounts.memberships.tokens import token_of
from accounts.models import (
    Membership,
    Organization,
    User,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from accounts.visits.links import make_portal_link
from accounts.webhooks.signing import make_secret, seal
from billing.choices import CheckoutKind, CheckoutStatus, DataExportStatus, InvoiceStatus
from billing.exports.making import KEPT_FOR
from billing.limits.operations import set_threshold
from billing.mails.usage import LOW_BALANCE
from billing.models import Checkout, DataExport, Invoice
from billing.outcomes.definitions import OutcomeDetails, define_outcome
from billing.outcomes.operations import OutcomeFacts, record_outcome
from metering.models import CreditGrant, Hold
from portal.api.kinde.names import customer_id_of
from tests.api.conftest import NOW, Api
from tests.factories.accounts import (
    TESTER,
    make_api_key,
    make_member,
    make_organization,
    make_person,
)
from tests.factories.agreements import make_agreement
from tests.factories.catalog import make_article_catalog
from tests.factories.guarantees import make_campaign, write_down_guarantee
from tests.factories.mails import make_mails, make_notice
from tests.factories.top_ups import make_pack
from tests.factories.top_ups import order as order_pack

from .cells import fingerprint_of

# Nothing that anybody else is told contains this.
CANARY: Final = "canary"
MISSING: Final = "0" * 26
ROLES: Final = (Role.OWNER, Role.ADMIN, Role.BILLING, Role.DEVELOPER, Role.MEMBER)


@dataclass(frozen=True)
class Customer:
    """An organization, its people by role, its key, and the ids of what it has."""

    organization: Organization
    people: Mapping[Role, User]
    secret: str
    ids: Mapping[str, str]
    # Of everything that it has; see `cells`.
    fingerprint: str


@dataclass(frozen=True)
class TwoCustomers:
    """Everything that a request can be about."""

    acme: Customer
    crane: Customer
    platform_secret: str

    @property
    def missing(self) -> dict[str, str]:
        """For each id that Acme has, one that nobody has."""
        return {name: missing_id(own) for name, own in self.acme.ids.items()}


def missing_id(own: str) -> str:
    """An id of the same form that nothing has."""
    prefix, _, rest = own.rpartition("_")
    return f"{prefix}_{MISSING}" if prefix and len(rest) == len(MISSING) else "of-nobody"


def make_two_customers() -> TwoCustomers:
    """Make them, in the database."""
    catalog = make_article_catalog()
    make_pack(catalog.credits)
    details = OutcomeDetails("Meeting booked", confirmation_days=3)
    define_outcome(code="meeting_booked", details=details, actor=TESTER, now=NOW)
    return TwoCustomers(
        acme=_make_customer("Acme", external_id="acme-1", word="acme"),
        crane=_make_customer(f"Crane {CANARY}", external_id=f"{CANARY}-1", word=CANARY),
        platform_secret=make_api_key(None, now=NOW).secret,
    )


def _make_customer(name: str, *, external_id: str, word: str) -> Customer:
    organization = make_organization(name, external_id=external_id)
    people = {role: make_person(f"{word} {role}", email=f"{role}@{word}.example") for role in ROLES}
    for role, person in people.items():
        make_member(organization, person, role)
    agreement = make_agreement(organization)
    guarantee = write_down_guarantee(agreement, campaign=make_campaign(name=f"Prices of {word}"))
    key = make_api_key(organization, name=f"Key of {word}", now=NOW)
    api = Api(key.secret)
    for path, name in (("usage", f"of-{word}"), ("holds", f"held-{word}")):
        api.post(path, {"id": name, "action": "EXTRACT_TEXT", "member": word})
    ids = {
        "organization": organization.public_id,
        "key_id": key.api_key.public_id,
        "organization_id": organization.public_id,
        "repricing_offer_id": guarantee.offer.public_id,
        "outcome_id": _make_outcome(organization, word=word),
        "org_code": organization.public_id,
        "customer_id": customer_id_of(organization),
        "agreement_id": agreement.public_id,
        "event_id": f"of-{word}",
        "hold_id": Hold.objects.get(organization=organization).public_id,
        "grant_id": CreditGrant.objects.get(organization=organization).public_id,
        "membership_id": Membership.objects.get(
            organization=organization, role=Role.MEMBER
        ).public_id,
        **_make_bill(organization, word=word),
        "export_id": _make_export(organization),
        "contact_id": _make_contact(organization, word=word),
        **_make_wishes(organization, people[Role.OWNER], word=word),
        **_make_webhooks(organization, word=word),
        "link_token": _make_link(organization),
        "mail_token": _make_mail(organization, word=word),
    }
    return Customer(organization, people, key.secret, ids, fingerprint_of(organization.pk))


def _make_outcome(organization: Organization, *, word: str) -> str:
    """A meeting that was booked."""
    facts = OutcomeFacts(reference=f"of-{word}", member=word)
    recorded = record_outcome(
        organization=organization, code="meeting_booked", facts=facts, now=NOW
    )
    return recorded.outcome.public_id


def _make_mail(organization: Organization, *, word: str) -> str:
    """A mail about its usage; the token is that of the link that stops mails like it."""
    notice = make_notice(
        organization,
        LOW_BALANCE,
        {"feature": "ai_credits", "level": {"kind": "percent", "value": "80"}},
        fact=f"of-{word}",
        now=NOW,
    )
    mail = make_mails(notice, now=NOW)[0]
    return unsubscribe_url(mail_id=mail.public_id).split("/")[-2]


def _make_link(organization: Organization) -> str:
    """A link that lets its billing person in, which nobody opened yet."""
    membership = Membership.objects.get(organization=organization, role=Role.BILLING)
    made = make_portal_link(membership=membership, page="plan", actor=TESTER, now=NOW)
    return made.url.split("/")[-2]


def _make_contact(organization: Organization, *, word: str) -> str:
    """Somebody else who is mailed about its billing."""
    return add_billing_contact(
        organization=organization,
        email=f"accounting@{word}.example",
        details=ContactDetails(name=word),
        actor=TESTER,
        now=NOW,
    ).public_id


def _make_export(organization: Organization) -> str:
    """A file of what it has, ready to be taken."""
    return DataExport.objects.create(
        organization=organization,
        requested_at=NOW,
        status=DataExportStatus.READY,
        ended_at=NOW,
        expires_at=NOW + KEPT_FOR,
    ).public_id


def _make_bill(organization: Organization, *, word: str) -> dict[str, str]:
    """An invoice, an order, and a visit to the payment page that is over."""
    checkout = Checkout.objects.create(
        organization=organization,
        kind=CheckoutKind.CARD,
        status=CheckoutStatus.COMPLETED,
        requested_at=NOW,
        ended_at=NOW,
    )
    invoice = Invoice.objects.create(
        organization=organization,
        stripe_id=f"in_{word}",
        number=f"{word}-0001",
        status=InvoiceStatus.PAID,
        currency="USD",
        subtotal_minor=9900,
        total_minor=9900,
        amount_due_minor=9900,
        amount_paid_minor=9900,
        amount_remaining_minor=0,
        issued_at=NOW,
        synced_at=NOW,
    )
    return {
        "checkout_id": checkout.public_id,
        "invoice_id": invoice.public_id,
        "top_up_id": order_pack(organization, at=NOW).public_id,
    }


def _make_wishes(organization: Organization, owner: User, *, word: str) -> dict[str, str]:
    """A level at which it wants to be told, and an invitation that nobody took yet."""
    threshold = set_threshold(
        organization=organization,
        unit="percent",
        value=Decimal(60),
        feature="ai_credits",
        actor=TESTER,
        now=NOW,
    )
    place = Membership.objects.get(organization=organization, user=owner)
    invitation = invite(
        organization=organization,
        email=f"invited@{word}.example",
        role=Role.MEMBER,
        invited_by=place,
        now=NOW,
    )
    return {
        "threshold_id": threshold.public_id,
        "invitation_id": invitation.public_id,
        "token": token_of(invitation_id=invitation.public_id),
    }


def _make_webhooks(organization: Organization, *, word: str) -> dict[str, str]:
    """Endpoints that it has told of events, one in each format, and what they were told."""
    of_kinde = _make_endpoint(organization, f"{word}/kinde", format=WebhookFormat.KINDE)
    endpoint = _make_endpoint(organization, f"{word}/standard", format=WebhookFormat.STANDARD)
    event = WebhookEvent.objects.filter(organization=organization).earliest("pk")
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint,
        event=event,
        type=event.type,
        status=DeliveryStatus.FAILED,
        finished_at=NOW,
    )
    return {
        "webhook_id": of_kinde.public_id,
        "endpoint_id": endpoint.public_id,
        "webhook_event_id": event.public_id,
        "delivery_id": delivery.public_id,
    }


def _make_endpoint(organization: Organization, path: str, *, format: str) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(
        organization=organization,
        url=f"https://127.0.0.1/{path}",
        description=path,
        event_types=["customer.plan_changed"] if format == WebhookFormat.KINDE else [],
        format=format,
        encrypted_secret=seal(make_secret()),
    )
