"""Addresses that Kinde has, and those that nobody has."""

import pytest

from tests.api.conftest import Api, World

NOWHERE = (
    b'{"errors":{"code":"ROUTE_NOT_FOUND","message":"The requested API route does not exist"}}'
)


@pytest.mark.parametrize(
    "path",
    ["billing/nothing", "billing", "users", "roles/1/permissions", "organization/a/b", "user"],
)
@pytest.mark.django_db
def test_what_kinde_has_and_we_have_not_is_refused_as_by_kinde(path: str) -> None:
    answer = Api().get(path)
    assert (answer.status, answer.raw) == (404, NOWHERE)
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.django_db
def test_what_nobody_has_is_refused_as_by_ourselves() -> None:
    answer = Api().get("nothing")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_method_that_an_address_does_not_know_is_told_the_right_ones(world: World) -> None:
    answer = world.as_platform.send("PUT", "billing/agreements", None)
    assert (answer.status, answer.body["errors"][0]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, POST, DELETE"
