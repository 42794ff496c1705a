"""
Gist's own customers. A real app has them in its database, with the id that Tallybook knows too:
its own, or that of Tallybook, which comes with whoever signs in.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

CUSTOMERS = {"northwind": "Northwind Research", "starling": "Starling Studio"}
FIRST = "northwind"


def customer_of(request: HttpRequest) -> str:
    """The customer whom the visitor works for."""
    customer: str = request.session.get("customer", FIRST)
    return customer


def of_request(request: HttpRequest) -> dict[str, Any]:
    """For every template: who is here, and as whom one may look around."""
    return {
        "customer": customer_of(request),
        "customers": CUSTOMERS,
        "has_sign_in": bool(settings.SIGN_IN_CLIENT_ID),
        "tallybook_url": settings.TALLYBOOK_URL,
    }
