"""Gist's own customers. A real app has them in its database; ids are what Tallybook knows too."""

from typing import Any

from django.http import HttpRequest

CUSTOMERS = {"northwind": "Northwind Research", "starling": "Starling Studio"}
FIRST = "northwind"


def customer_of(request: HttpRequest) -> str:
    """The customer whom the visitor works for."""
    customer: str = request.session.get("customer", FIRST)
    return customer


def of_request(request: HttpRequest) -> dict[str, Any]:
    """For every template: who is here, and as whom one may look around."""
    return {"customer": customer_of(request), "customers": CUSTOMERS}
