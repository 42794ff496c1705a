"""
Settings of an app on one's own machine. What Tallybook needs to know is at the end.

The environment is that of Tallybook's demo: `set -a; . .tallybook/demo.env`
"""

import os
import secrets
from pathlib import Path

FOLDER = Path(__file__).parents[1]

DEBUG = os.environ.get("GIST_DEBUG", "true") == "true"
SECRET_KEY = os.environ.get("GIST_SECRET_KEY") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "gist.urls"
INSTALLED_APPS = ["django.contrib.sessions", "tallybook.django", "gist"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gist.away.SayThatTallybookIsAway",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "gist.customers.of_request",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("GIST_DATABASE", FOLDER / "gist.sqlite3"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# Tallybook runs on the same host in the demo, and cookies do not tell ports apart.
SESSION_COOKIE_NAME = "gist_session"
CSRF_COOKIE_NAME = "gist_csrf"
USE_TZ = True

# --- Tallybook ----------------------------------------------------------------------------------

TALLYBOOK_URL = os.environ.get("TALLYBOOK_URL", "http://127.0.0.1:8000")
TALLYBOOK_PLATFORM_KEY = os.environ.get("PLATFORM_API_KEY", "")
# Whose client the template tags ask.
TALLYBOOK_CLIENT = "gist.billing.tallybook_of"
WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET", "")

# An app for signing in, made by staff in Tallybook's admin; without one there is no sign-in here.
SIGN_IN_CLIENT_ID = os.environ.get("SIGN_IN_CLIENT_ID", "")
SIGN_IN_CLIENT_SECRET = os.environ.get("SIGN_IN_CLIENT_SECRET", "")
SIGNED_IN_AT = os.environ.get("GIST_SIGNED_IN_AT", "http://127.0.0.1:9099/signed-in")
