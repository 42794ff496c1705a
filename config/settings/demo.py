"""The quick start: one machine, plain HTTP, a secret of its own, mail written to files."""

from __future__ import annotations

from config import env
from config.secret import secret_key_in
from config.settings.base import *

DATA_FOLDER = env.data_folder()
SECRET_KEY = env.text("SECRET_KEY") or secret_key_in(DATA_FOLDER)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_FOLDER / "mail"

# Receivers are tried out on the same machine.
WEBHOOK_ALLOW_PRIVATE = env.boolean("WEBHOOK_ALLOW_PRIVATE", default=True)
