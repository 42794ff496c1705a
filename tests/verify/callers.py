"""Everybody who may call the API, each with what they show."""

from django.utils import timezone

from accounts.choices import Scope
from accounts.models import Organization
from tests.factories.accounts import make_api_key
from tests.support.populate import populate


def make_callers() -> dict[str, dict[str, str]]:
    """Make two customers with a history; return the headers of each kind of caller."""
    populate(organizations=2, history=20)
    acme = Organization.objects.order_by("pk").first()
    now = timezone.now()
    return {
        "nobody": {},
        "organization": _shown(make_api_key(acme, now=now).secret),
        "platform": _shown(make_api_key(None, now=now).secret),
        "one scope": _shown(make_api_key(acme, scopes=[Scope.USAGE_WRITE], now=now).secret),
    }


def _shown(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}
