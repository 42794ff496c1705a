"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def home(request: HttpRequest) -> HttpResponse:
    """Visitors see the prices, customers their overview."""
    return redirect("portal:overview" if request.user.is_authenticated else "portal:pricing")
