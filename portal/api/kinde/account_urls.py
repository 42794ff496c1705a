"""Where Kinde's Account API has what we serve of it, below `/account_api/v1/`."""

from django.urls import path, re_path

from ..fallbacks import nothing_here
from .account import (
    AccountEntitlementList,
    AccountEntitlementOfKey,
    AccountFlagList,
    AccountPortalLink,
)

app_name = "account_api"
urlpatterns = [
    path("entitlements", AccountEntitlementList.as_view(), name="entitlements"),
    path("entitlement/<str:feature_key>", AccountEntitlementOfKey.as_view(), name="entitlement"),
    path("feature_flags", AccountFlagList.as_view(), name="flags"),
    path("portal_link", AccountPortalLink.as_view(), name="portal-link"),
    re_path("", nothing_here, name="nothing-here"),
]
