"""Pages and resources of which the plan decides."""

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.permissions import Permission
from accounts.choices import Scope
from accounts.models import Organization, User
from billing.flags.operations import set_override
from portal.api.gated import GatedResource
from portal.gates import require_feature
from portal.web.access import Visit, organization_page
from tests.factories.accounts import make_api_key
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.web.conftest import NOW, SignIn

REFUSED = {
    "error": "Requires Professional plan",
    "code": "feature_required",
    "feature": "advanced_ai",
    "upgrade_plan": {"code": "professional", "name": "Professional"},
    "upgrade_url": "http://testserver/plan/",
}


@organization_page(Permission.VIEW_USAGE)
@require_feature("advanced_ai")
def laboratory(request: HttpRequest, visit: Visit) -> HttpResponse:
    return HttpResponse(f"The laboratory of {visit.organization.name}")


@organization_page(Permission.VIEW_USAGE)
@require_feature("advanced_ai", member=lambda visit: visit.user.email)
def desk(request: HttpRequest, visit: Visit) -> HttpResponse:
    return HttpResponse("A desk")


@organization_page(Permission.VIEW_USAGE)
@require_feature("no_such_feature")
def misspelt(request: HttpRequest, visit: Visit) -> HttpResponse:
    return HttpResponse("Never")


class Experiments(GatedResource):
    scopes = {"GET": Scope.ENTITLEMENTS_READ}
    parameters = frozenset({"organization"})
    required_feature = "advanced_ai"

    def get(self, request: Request) -> Response:
        return Response({"of": self.organization().name})


urlpatterns = [
    path("laboratory/", laboratory),
    path("desk/", desk),
    path("misspelt/", misspelt),
    path("api/v1/experiments", Experiments.as_view()),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.PUBLIC_URL = "http://testserver"


@pytest.fixture
def starter(catalog: ArticleCatalog, acme: Organization) -> Organization:
    make_agreement(acme, "starter")
    return acme


def test_a_person_reads_which_plan_has_it(
    starter: Organization, alice: User, sign_in: SignIn
) -> None:
    answer = sign_in(alice).get("/laboratory/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Requires the Professional plan" in page
    assert 'href="/plan/"' in page


def test_a_program_reads_it_as_json(starter: Organization, alice: User, sign_in: SignIn) -> None:
    answer = sign_in(alice).get("/laboratory/", headers={"Accept": "application/json"})
    assert (answer.status_code, json.loads(answer.content)) == (403, REFUSED)


def test_with_the_plan_the_next_request_shows_it(
    catalog: ArticleCatalog, acme: Organization, alice: User, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert client.get("/laboratory/").status_code == 403
    make_agreement(acme, "professional")
    assert client.get("/laboratory/").content == b"The laboratory of Acme"


def test_an_override_opens_it_for_all_or_for_one(
    starter: Organization, alice: User, bob: User, sign_in: SignIn
) -> None:
    terms: dict[str, Any] = {"key": "advanced_ai", "value": True, "actor": STAFF, "now": NOW}
    set_override(organization=starter, member=bob.email, **terms)
    assert [sign_in(person).get("/desk/").status_code for person in (alice, bob)] == [403, 200]
    set_override(organization=starter, member=None, **terms)
    assert sign_in(alice).get("/desk/").status_code == 200


def test_what_was_taken_away_no_plan_brings_back(
    starter: Organization, alice: User, sign_in: SignIn
) -> None:
    set_override(
        organization=starter, key="advanced_ai", member=None, value=False, actor=STAFF, now=NOW
    )
    answer = sign_in(alice).get("/laboratory/", headers={"Accept": "application/json"})
    refusal = json.loads(answer.content)
    assert (refusal["error"], refusal["upgrade_plan"]) == ("Not part of any plan on sale", None)


def test_a_misspelt_feature_closes_the_gate(
    starter: Organization, alice: User, sign_in: SignIn
) -> None:
    answer = sign_in(alice).get("/misspelt/")
    assert (answer.status_code, b"Not part of any plan" in answer.content) == (403, True)


def test_a_resource_refuses_with_a_problem_that_says_the_same(
    starter: Organization, client: Client
) -> None:
    key = {"Authorization": f"Bearer {make_api_key(starter, now=NOW).secret}"}
    answer = client.get("/api/v1/experiments", headers=key)
    problem = json.loads(answer.content)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {name: problem[name] for name in REFUSED} == REFUSED
    assert client.get("/api/v1/experiments").status_code == 401
    set_override(
        organization=starter, key="advanced_ai", member=None, value=True, actor=STAFF, now=NOW
    )
    assert client.get("/api/v1/experiments", headers=key).content == b'{"of":"Acme"}'
