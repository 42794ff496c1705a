"""
The addresses of OAuth 2 and OpenID Connect: Kinde's, under the names that allauth looks for.

Trailing slashes are none of them.
"""

from allauth.idp.oidc import views
from django.urls import include, path

from .discovery import configuration, jwks
from .token import revoke, token

WELL_KNOWN = ".well-known/"

_addresses = [
    path(f"{WELL_KNOWN}openid-configuration", configuration, name="configuration"),
    path(f"{WELL_KNOWN}oauth-authorization-server", configuration),
    path(f"{WELL_KNOWN}jwks.json", jwks, name="jwks"),
    path(f"{WELL_KNOWN}jwks", jwks),
    path("oauth2/token", token, name="token"),
    path("oauth2/revoke", revoke, name="revoke"),
    path("oauth2/userinfo", views.user_info, name="userinfo"),
    path("oauth2/auth", views.authorization, name="authorization"),
    path("logout", views.logout, name="logout"),
]

app_name = "idp"
urlpatterns = [path("", include((_addresses, "oidc")))]
