"""The Celery app.

Started by ``celery -A config.celery worker`` and ``celery -A config.celery beat``.
"""

from __future__ import annotations

from celery import Celery
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

from config import env, transport

if not settings.configured:
    # Celery itself was started; otherwise a web process or a command has loaded us in order to send
    # tasks.
    env.enter(process="worker")

transport.use_for_pgmq()

app = Celery("tallybook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)
