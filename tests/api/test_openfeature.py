"""OpenFeature's own client for Python, which knows nothing of us, evaluates our flags."""

from collections.abc import Iterator
from typing import Any

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason
from pytest_django.live_server_helper import LiveServer

from billing.choices import ValueType
from tests.api.conftest import World
from tests.factories.catalog import make_flag


@pytest.fixture
def shop(crowd: World) -> World:
    """The world with a flag of each type, seen by a server too."""
    for key, value_type, value in (
        ("seats", ValueType.NUMBER, 5),
        ("ratio", ValueType.NUMBER, 20.0),
        ("models", ValueType.JSON, {"allowed": ["small"]}),
    ):
        make_flag(key, value_type=value_type, default_value=value)
    return crowd


@pytest.fixture
def client(shop: World, live_server: LiveServer) -> Iterator[OpenFeatureClient]:
    """An app of the company's, which names no organization yet."""
    yield from _client_at(live_server.url, secret=shop.platform_key)


def _client_at(url: str, *, secret: str) -> Iterator[OpenFeatureClient]:
    provider = OFREPProvider(
        url, headers_factory=lambda: {"Authorization": f"Bearer {secret}"}, timeout=5
    )
    api.set_provider(provider)
    yield api.get_client()
    provider.session.close()
    api.clear_providers()


ACME = EvaluationContext("customer-1", {"plan_we_think": "x"})


def test_it_reads_values_of_every_type(client: OpenFeatureClient) -> None:
    assert client.get_boolean_value("advanced_ai", False, ACME) is True
    assert client.get_string_value("support", "none", ACME) == "mail"
    assert client.get_integer_value("seats", 0, ACME) == 5
    assert client.get_float_value("ratio", 0.0, ACME) == 20.0
    assert client.get_object_value("models", {}, ACME) == {"allowed": ["small"]}
    left: Any = client.get_object_value("ai_credits", {}, ACME)
    assert (left["included"], left["used"]) == (5000, 0)


def test_it_says_where_a_value_comes_from(client: OpenFeatureClient) -> None:
    details = client.get_boolean_details("advanced_ai", False, ACME)
    assert (details.variant, details.reason) == ("professional", Reason.TARGETING_MATCH)
    assert details.flag_metadata == {"source": "plan", "plan": "professional"}


@pytest.mark.parametrize(
    ("key", "context", "error"),
    [
        ("nothing", ACME, ErrorCode.FLAG_NOT_FOUND),
        ("support", ACME, ErrorCode.TYPE_MISMATCH),
        ("advanced_ai", EvaluationContext(), ErrorCode.TARGETING_KEY_MISSING),
        ("advanced_ai", EvaluationContext("nobody"), ErrorCode.GENERAL),
    ],
)
def test_what_cannot_be_evaluated_is_the_default_of_the_app(
    client: OpenFeatureClient, key: str, context: EvaluationContext, error: ErrorCode
) -> None:
    details = client.get_boolean_details(key, True, context)
    assert (details.value, details.reason, details.error_code) == (True, Reason.ERROR, error)


def test_so_it_is_where_nobody_answers() -> None:
    for client in _client_at("http://127.0.0.1:9", secret="none"):
        details = client.get_boolean_details("advanced_ai", True, ACME)
        assert (details.value, details.reason) == (True, Reason.ERROR)
