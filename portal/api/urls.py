"""Where the API's resources are mounted, below `/api/`."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from .documentation import ApiDocumentation, ApiSchema
from .fallbacks import nothing_here
from .kinde.meter_usage import post_meter_usage
from .v1.agreements import Agreements
from .v1.balances import Balances
from .v1.entitlements import EntitlementOfFeature, Entitlements
from .v1.flags import FlagOfKey, Flags
from .v1.plans import Plans
from .v1.usage import post_usage


class CodeConverter(StringConverter):
    """A code as staff may choose it; everything else is not an address."""

    regex = "[a-z][a-z0-9_]{0,62}"


register_converter(CodeConverter, "code")

app_name = "api"
urlpatterns = [
    path("v1/usage", post_usage, name="usage"),
    path("v1/balances", Balances.as_view(), name="balances"),
    path("v1/entitlements", Entitlements.as_view(), name="entitlements"),
    path("v1/entitlements/<code:feature>", EntitlementOfFeature.as_view(), name="entitlement"),
    path("v1/flags", Flags.as_view(), name="flags"),
    path("v1/flags/<code:key>", FlagOfKey.as_view(), name="flag"),
    path("v1/plans", Plans.as_view(), name="plans"),
    path("v1/agreements", Agreements.as_view(), name="agreements"),
    path("v1/billing/meter_usage", post_meter_usage, name="kinde-meter-usage"),
    path("schema/", ApiSchema.as_view(), name="schema"),
    path("docs/", ApiDocumentation.as_view(), name="docs"),
    re_path("", nothing_here, name="nothing-here"),
]
