"""
The addresses of OAuth 2 and OpenID Connect: Kinde's, under the names that allauth looks for.

Trailing slashes are none of them.
"""

from django.urls import include, path

from .authorization import Authorization
from .discovery import configuration, jwks
from .logout import Logout
from .token import revoke, token
from .userinfo import userinfo

WELL_KNOWN = ".well-known/"

_addresses = [
    path(f"{WELL_KNOWN}openid-configuration", configuration, name="configuration"),
    path(f"{WELL_KNOWN}oauth-authorization-server", configuration),
    path(f"{WELL_KNOWN}jwks.json", jwks, name="jwks"),
    path(f"{WELL_KNOWN}jwks", jwks),
    path("oauth2/token", token, name="token"),
    path("oauth2/revoke", revoke, name="revoke"),
    path("oauth2/userinfo", userinfo, name="userinfo"),
    path("oauth2/auth", Authorization.as_view(), name="authorization"),
    path("logout", Logout.as_view(), name="logout"),
]

app_name = "idp"
urlpatterns = [path("", include((_addresses, "oidc")))]
