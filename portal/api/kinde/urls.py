"""Where Kinde's Management API has what we serve of it, below `/api/v1/`."""

from django.urls import path

from .agreements import BillingAgreements
from .api_keys import VerifyApiKey
from .entitlements import BillingEntitlements
from .events import EventOfId, EventTypes
from .feature_flags import OrganizationFlag, OrganizationFlags, UserFlag
from .meter_usage import post_meter_usage
from .organizations import NamedOrganization, OrganizationOfCode
from .portal_links import GeneratePortalUrl
from .webhooks import WebhookOfId, Webhooks

urlpatterns = [
    path("v1/billing/meter_usage", post_meter_usage, name="kinde-meter-usage"),
    path("v1/billing/agreements", BillingAgreements.as_view(), name="kinde-agreements"),
    path("v1/billing/entitlements", BillingEntitlements.as_view(), name="kinde-entitlements"),
    path("v1/organization", NamedOrganization.as_view(), name="kinde-organization"),
    path(
        "v1/organization/<str:org_code>",
        OrganizationOfCode.as_view(),
        name="kinde-organization-of-code",
    ),
    path(
        "v1/organizations/<str:org_code>/feature_flags",
        OrganizationFlags.as_view(),
        name="kinde-flags",
    ),
    path(
        "v1/organizations/<str:org_code>/feature_flags/<str:flag_key>",
        OrganizationFlag.as_view(),
        name="kinde-flag",
    ),
    path(
        "v1/users/<str:user_id>/feature_flags/<str:flag_key>",
        UserFlag.as_view(),
        name="kinde-flag-of-user",
    ),
    path("v1/webhooks", Webhooks.as_view(), name="kinde-webhooks"),
    path("v1/webhooks/<str:webhook_id>", WebhookOfId.as_view(), name="kinde-webhook"),
    path("v1/event_types", EventTypes.as_view(), name="kinde-event-types"),
    path("v1/events/<str:webhook_event_id>", EventOfId.as_view(), name="kinde-event"),
    path("v1/portal/generate_url", GeneratePortalUrl.as_view(), name="kinde-portal-url"),
    path("v1/api_keys/verify", VerifyApiKey.as_view(), name="kinde-verify-api-key"),
]
