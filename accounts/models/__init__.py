from .api_key import ApiKey
from .audit import AuditEntry
from .idempotency import IdempotencyRecord
from .invitation import Invitation
from .membership import Membership
from .organization import Organization, OrganizationOwnedQuerySet
from .user import User
from .webhook_event import WebhookEvent

from .webhook_delivery import WebhookAttempt, WebhookDelivery
from .webhook_endpoint import WebhookEndpoint
__all__ = [
    "ApiKey",
    "AuditEntry",
    "IdempotencyRecord",
    "Invitation",
    "Membership",
    "Organization",
    "OrganizationOwnedQuerySet",
    "User",
    "WebhookEvent",
]
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
