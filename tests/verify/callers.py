"""Everybody who may call the API, each with what they show."""

from django.utils import timezone

from accounts.choices import Scope
from accounts.models import Organization
from tests.factories.accounts import make_api_key
from tests.support.populate import populate


def make_callers() -> dict[str, tuple[str, str]]:
    """Make two customers with a history; return the client id and secret of each kind of app."""
    populate(organizations=2, history=20)
    acme = Organization.objects.earliest("pk")
    now = timezone.now()
    keys = {
        "an organization": make_api_key(acme, now=now),
        "the platform": make_api_key(None, now=now),
        "a key with one scope": make_api_key(acme, scopes=[Scope.USAGE_WRITE], now=now),
    }
    return {name: (key.api_key.public_id, key.secret) for name, key in keys.items()}
