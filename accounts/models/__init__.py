from .api_key import ApiKey
from .audit import AuditEntry
from .billing_contact import BillingContact
from .idempotency import IdempotencyRecord
from .invitation import Invitation
from .mail import Mail, MailNotice
from .mail_preference import MailOptOut
from .membership import Membership
from .oauth import OAuthSigningKey, OAuthSubject, SignInApp
from .organization import Organization, OrganizationOwnedQuerySet
from .portal_link import PortalLink
from .property import PropertyDefinition, PropertyValue
from .staff_visit import StaffVisit
from .user import User
from .webhook_delivery import WebhookAttempt, WebhookDelivery
from .webhook_endpoint import WebhookEndpoint
from .webhook_event import WebhookEvent

__all__ = [
    "ApiKey",
    "AuditEntry",
    "BillingContact",
    "IdempotencyRecord",
    "Invitation",
    "Mail",
    "MailNotice",
    "MailOptOut",
    "Membership",
    "OAuthSigningKey",
    "OAuthSubject",
    "Organization",
    "OrganizationOwnedQuerySet",
    "PortalLink",
    "PropertyDefinition",
    "PropertyValue",
    "SignInApp",
    "StaffVisit",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
