"""Where Kinde's Management API has what we serve of it, below `/api/v1/`."""

from django.urls import path

from .agreements import BillingAgreements
from .entitlements import BillingEntitlements
from .meter_usage import post_meter_usage
from .organizations import NamedOrganization, OrganizationOfCode

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
]
