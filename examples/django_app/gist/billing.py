"""One client for the whole process; each request speaks of the visitor's own organization."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest

from tallybook import Tallybook

from .customers import customer_of

CREDITS = "ai_credits"
SUMMARY = "SUMMARIZE_SHORT"


@cache
def _tallybook() -> Tallybook:
    return Tallybook(settings.TALLYBOOK_URL, settings.TALLYBOOK_PLATFORM_KEY)


def tallybook_of(request: HttpRequest) -> Tallybook:
    """Tallybook, asked about the organization that the visitor belongs to."""
    return _tallybook().for_organization(customer_of(request))
