"""The gate for views of a customer's own Django app."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tallybook import TemporaryFailure
from tallybook.django import require_feature
from tests.clients.rehearsal import URL, Rehearsal, answer, entitlement, problem

PROFESSIONAL = {"code": "professional", "name": "Professional"}


def visit(rehearsal: Rehearsal) -> HttpResponse:
    """Ask for a page that is gated, as somebody of Acme."""
    client = rehearsal.client(organization="acme-1", retries=0)

    @require_feature("advanced_ai", client=lambda request: client)
    def page(request: HttpRequest, name: str) -> HttpResponse:
        """A page."""
        return HttpResponse(f"Hello {name}")

    assert page.__doc__ == "A page."
    with client:
        response = page(RequestFactory().get("/"), name="Alice")
    assert isinstance(response, HttpResponse)
    return response


def test_who_has_the_feature_sees_the_page() -> None:
    rehearsal = Rehearsal(answer(entitlement(allowed=True)))

    assert visit(rehearsal).content == b"Hello Alice"
    assert rehearsal.requests[0].url.params["organization"] == "acme-1"


def test_who_lacks_it_is_told_the_cheapest_plan_that_has_it() -> None:
    response = visit(Rehearsal(answer(entitlement(allowed=False, upgrade_plan=PROFESSIONAL))))

    assert response.status_code == 403
    assert json.loads(response.content) == {
        "error": "Requires Professional plan",
        "code": "feature_required",
        "feature": "advanced_ai",
        "upgrade_plan": PROFESSIONAL,
        "upgrade_url": f"{URL}/plan/",
    }


def test_where_no_plan_on_sale_helps_there_is_nothing_to_buy() -> None:
    response = visit(Rehearsal(answer(entitlement(allowed=False))))

    assert json.loads(response.content) == {
        "error": "Not included in your plan",
        "code": "feature_required",
        "feature": "advanced_ai",
        "upgrade_plan": None,
        "upgrade_url": f"{URL}/plan/",
    }


def test_while_tallybook_does_not_answer_nobody_is_told_to_upgrade() -> None:
    with pytest.raises(TemporaryFailure):
        visit(Rehearsal(problem(503, "temporarily_unavailable")))
