"""A real installation: everything that matters comes from the environment, and is refused when
missing.
"""

from __future__ import annotations

from environ import ImproperlyConfigured

from config import env
from config.settings.base import *

if env.text("SANDBOX_URL"):
    raise ImproperlyConfigured(
        "Unset SANDBOX_URL: in the sandbox anybody pays with a made-up card, so it is for the "
        "quick start and for tests only."
    )

SECRET_KEY = env.required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
DATABASE_URL = env.required("DATABASE_URL")
PUBLIC_URL = env.required("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=(PUBLIC_URL,))
vars().update(env.email(env.required("EMAIL_URL")))

# TLS ends at a proxy, which must set this header itself and drop the visitor's.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
# Probes inside the cluster speak plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-tallybook_session"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-tallybook_csrf"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
