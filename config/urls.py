"""Where everything is mounted."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    # What apps ask all day comes first.
    path("", include("portal.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("portal.oauth.urls")),
]

handler400 = "portal.failures.bad_request"
handler500 = "portal.failures.server_error"
