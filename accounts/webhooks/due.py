"""When something is due: in our time, also for an organization whose test clock is ahead of it."""

from datetime import datetime

from django.db.models import DateTimeField, Value
from django.db.models.functions import Least, Now


def at_once(now: datetime) -> Least:
    """The moment for the database to write down: now, but never later than its own."""
    return Least(Value(now, output_field=DateTimeField()), Now())
