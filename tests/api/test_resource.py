"""What every resource may do: be put, patched and deleted as strictly as it is read."""

from typing import Any

import msgspec
import pytest
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from portal.api.resource import Resource
from tests.api.conftest import Api, World


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: str | msgspec.UnsetType = msgspec.UNSET


class Notes(Resource):
    """A resource with every method that there is."""

    scopes = {
        "GET": Scope.WEBHOOKS_READ,
        "PUT": Scope.WEBHOOKS_WRITE,
        "PATCH": Scope.WEBHOOKS_WRITE,
        "DELETE": Scope.WEBHOOKS_WRITE,
    }
    parameters = frozenset({"read"})
    deletion_parameters = frozenset({"organization"})

    def get(self, request: Request) -> Response:
        return Response({})

    def put(self, request: Request) -> Response:
        return Response(self.written(Note))

    def patch(self, request: Request) -> Response:
        return Response(self.written(Note))

    def delete(self, request: Request) -> Response:
        return Response(status=204, headers={"X-Organization": self.organization().name})


urlpatterns = [path("api/v1/notes", Notes.as_view())]


@pytest.fixture
def notes(world: World, settings: Any) -> Api:
    settings.ROOT_URLCONF = __name__
    return world.as_acme


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_body_is_read_strictly(notes: Api, method: str) -> None:
    answer = notes.send(method, "notes", '{"text": "hello"}')
    assert (answer.status, answer.body) == (200, {"text": "hello"})
    assert notes.send(method, "notes", "{}").body == {}
    assert notes.send(method, "notes", '{"text": 1}').status == 400
    unknown = notes.send(method, "notes", '{"title": "x"}')
    assert (unknown.status, unknown.body["errors"][0]["pointer"]) == (400, "/title")
    assert notes.send(method, "notes", '{"text": "a", "text": "b"}').status == 400
    assert notes.send(method, "notes", "").status == 415
    assert notes.send(method, "notes", "{}", content_type="text/plain").status == 415
    assert notes.send(method, "notes?read=1", "{}").body["errors"][0]["pointer"] == "?read"


def test_a_deletion_answers_nothing(notes: Api) -> None:
    answer = notes.send("DELETE", "notes", None)
    assert (answer.status, answer.raw) == (204, b"")
    assert answer.headers["X-Organization"] == "Acme"
    assert answer.headers["Content-Length"] == "0"
    assert "Content-Type" not in answer.headers


def test_a_deletion_has_parameters_of_its_own_and_no_body(notes: Api) -> None:
    assert notes.send("DELETE", "notes?organization=customer-1", None).status == 204
    assert notes.send("DELETE", "notes?organization=customer-2", None).status == 404
    assert notes.send("DELETE", "notes?read=1", None).status == 400
    with_body = notes.send("DELETE", "notes", "{}")
    assert (with_body.status, with_body.body["code"]) == (400, "invalid_request")


def test_each_method_needs_its_scope_and_the_others_do_not_exist(notes: Api) -> None:
    assert Api().send("DELETE", "notes", None).status == 401
    answer = notes.send("POST", "notes", "{}")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, PUT, PATCH, DELETE")
