"""The Celery app of an installation under test: every sweep comes round each second."""

from config.celery import app

SECONDS_BETWEEN_SWEEPS = 1.0

app.conf.beat_schedule = {
    name: {**entry, "schedule": SECONDS_BETWEEN_SWEEPS}
    for name, entry in app.conf.beat_schedule.items()
}
