"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ..visiting import person_of


def home(request: HttpRequest) -> HttpResponse:
    """Visitors see the prices, customers their overview."""
    return redirect("portal:pricing" if person_of(request) is None else "portal:overview")
