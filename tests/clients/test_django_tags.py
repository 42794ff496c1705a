"""Costs and usage in the templates of a Django app, as Tallybook says them."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from django.http import HttpRequest
from django.template import Context, Engine
from django.test import RequestFactory
from django.utils import translation

from tallybook import Tallybook
from tallybook.django.clients import client_of
from tests.clients.rehearsal import Rehearsal, answer, problem

ESTIMATE = {
    "action": "GENERATE_REPORT",
    "name": "Generate report",
    "quantity": "2",
    "feature": "ai_credits",
    "credits": "100",
    "allowance": "5000",
    "percent_of_allowance": "2",
    "customer_value": None,
    "remaining": "20",
    "overage": "80",
    "overage_amount": None,
    "amount_without_credits": None,
    "sentence": "100 credits • 2 % of monthly allowance",
    "shortage": "",
    "resets_at": None,
}
BALANCE = {
    "feature": "ai_credits",
    "name": "<AI> credits",
    "unit": "credit",
    "unit_plural": "credits",
    "unlimited": False,
    "allowance": "5000",
    "limit": None,
    "granted": "5000",
    "remaining": "1088",
    "held": "0",
    "used": "3912",
    "overage": "0",
    "overage_unit_price": None,
    "overage_price": "",
    "overage_amount": None,
    "sentence": "3,912 of 5,000 credits used",
    "period_starts_at": None,
    "resets_at": None,
    "rollover": "",
    "grants": [],
}
ENGINE = Engine(libraries={"tallybook": "tallybook.django.templatetags.tallybook"})
asked: Mock = Mock()


def client_of_test(request: HttpRequest) -> Tallybook:
    """What `TALLYBOOK_CLIENT` names."""
    client: Tallybook = asked(request)
    return client


@pytest.fixture(autouse=True)
def _client(settings: Any) -> Iterator[None]:
    settings.TALLYBOOK_CLIENT = f"{__name__}.client_of_test"
    yield
    asked.reset_mock(return_value=True)


def render(tag: str, *replies: httpx.Response) -> tuple[str, Rehearsal]:
    """What a template with this tag says to somebody of Acme."""
    rehearsal = Rehearsal(*replies)
    with rehearsal.client(organization="acme-1", retries=0) as client:
        asked.return_value = client
        page = ENGINE.from_string("{% load tallybook %}" + tag)
        return page.render(Context({"request": RequestFactory().get("/")})), rehearsal


def test_a_button_says_what_it_takes_without_any_script() -> None:
    tag = '{% cost_at_button "GENERATE_REPORT" quantity=2 id="cost" %}'
    html, rehearsal = render(tag, answer(ESTIMATE))

    assert html == (
        '<tallybook-cost action="GENERATE_REPORT" id="cost" quantity="2">'
        "<span>100 credits • 2 % of monthly allowance</span></tallybook-cost>"
    )
    [request] = rehearsal.requests
    assert request.url.path == "/api/v1/estimates"
    assert dict(request.url.params) == {
        "action": "GENERATE_REPORT",
        "organization": "acme-1",
        "quantity": "2",
        "language": "en",
    }


def test_it_says_what_no_credits_are_left_for() -> None:
    html, _ = render(
        '{% cost_at_button "GENERATE_REPORT" %}', answer(ESTIMATE | {"shortage": "80 & more"})
    )
    assert "<strong>80 &amp; more</strong></tallybook-cost>" in html


def test_the_meter_is_a_bar_and_words() -> None:
    page = {"data": [BALANCE | {"feature": "other"}, BALANCE], "has_more": False}
    html, rehearsal = render('{% usage_meter "ai_credits" class="wide" %}', answer(page))
    assert html == (
        '<tallybook-usage class="wide" feature="ai_credits">'
        "<strong>&lt;AI&gt; credits</strong> <span>3,912 of 5,000 credits used</span> "
        '<meter aria-label="&lt;AI&gt; credits" max="5000" min="0" value="3912"></meter>'
        "</tallybook-usage>"
    )
    assert rehearsal.requests[0].url.params["language"] == "en"


def test_unlimited_use_has_no_bar() -> None:
    page = {"data": [BALANCE | {"unlimited": True, "remaining": None}], "has_more": False}
    html, _ = render('{% usage_meter "ai_credits" %}', answer(page))
    assert "<meter" not in html


def test_the_language_of_the_page_is_asked_for() -> None:
    with translation.override("de"):
        _, rehearsal = render('{% cost_at_button "GENERATE_REPORT" %}', answer(ESTIMATE))
    assert rehearsal.requests[0].url.params["language"] == "de"


@pytest.mark.parametrize(
    "reply", [problem(503, "temporarily_unavailable"), problem(404, "action_not_found")]
)
def test_without_an_answer_the_page_is_whole_and_the_log_says_why(
    reply: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="tallybook.django"):
        html, _ = render('{% cost_at_button "GENERATE_REPORT" %}', reply)
    assert html == '<tallybook-cost action="GENERATE_REPORT" quantity="1"></tallybook-cost>'
    assert "What it says." in caplog.text


def test_a_feature_that_the_plan_lacks_leaves_the_meter_empty() -> None:
    html, _ = render('{% usage_meter "other" %}', answer({"data": [BALANCE], "has_more": False}))
    assert html == '<tallybook-usage feature="other"></tallybook-usage>'


def test_without_the_setting_the_environment_says_who_asks(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings.TALLYBOOK_CLIENT
    monkeypatch.setenv("TALLYBOOK_URL", "https://of-the-environment.example")
    monkeypatch.setenv("TALLYBOOK_API_KEY", "tb_test_key")
    with client_of(RequestFactory().get("/")) as client:
        assert client.url == "https://of-the-environment.example"


def test_a_page_gets_the_token_that_it_may_have() -> None:
    given = {"token": "ey", "expires_at": "2026-11-22T18:39:28Z"}
    rehearsal = Rehearsal(
        problem(503, "temporarily_unavailable", retry_after=0), answer(given, 201)
    )
    with rehearsal.client(organization="acme-1") as client:
        token = client.embed_token(allow=["usage"], origins=["https://app.example"])
    assert token == given
    assert [json.loads(request.content) for request in rehearsal.requests] == 2 * [
        {"allow": ["usage"], "organization": "acme-1", "origins": ["https://app.example"]}
    ]
