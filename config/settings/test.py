"""The tests: a database that tests/conftest.py fills in, cheap passwords, mail kept in memory,
no limits on trying.
"""

from __future__ import annotations

from config import payments
from config.settings.base import *
from config.settings.base import ACCOUNT_RATE_LIMITS, STORAGES

SECRET_KEY = "only-for-tests-" + "0" * 50
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "accounts.oauth.hashers.RandomSecretHasher",
]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# A test that wants Stripe asks for the sandbox.
vars().update(payments.stripe_settings(secret_key="", sandbox_url=""))
# A test that wants a worker asks for one; every other task runs where it was sent.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ACCOUNT_RATE_LIMITS = dict.fromkeys(ACCOUNT_RATE_LIMITS, "")
# Receivers of the tests are on the same machine.
WEBHOOK_ALLOW_PRIVATE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
