"""Flags as OpenFeature's remote evaluation protocol asks for them."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.choices import Scope
from billing.choices import ValueType
from billing.flags.operations import set_override
from billing.models import Feature
from tests.api.conftest import NOW, Answer, World
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, make_flag

FLAGS = "/ofrep/v1/evaluate/flags"
PRO = {"source": "plan", "plan": "professional"}


def evaluate(
    secret: str | None,
    key: str | None = None,
    *,
    body: str | None = None,
    path: str = FLAGS,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Answer:
    """Ask for one flag, or for all."""
    shown = {} if secret is None else {"Authorization": f"Bearer {secret}"}
    response = Client(raise_request_exception=False).post(
        path if key is None else f"{path}/{key}",
        json.dumps({"context": context}) if body is None else body,
        content_type="application/json",
        headers=shown | (headers or {}),
    )
    return Answer(
        status=response.status_code,
        body=json.loads(response.content) if response.content else None,
        headers=response.headers,
        raw=response.content,
    )


class TestOne:
    def test_a_flag_of_the_plan(self, world: World) -> None:
        answer = evaluate(world.platform_key, "advanced_ai", targetingKey="customer-1")
        assert answer.status == 200
        assert answer.body == {
            "key": "advanced_ai",
            "value": True,
            "reason": "TARGETING_MATCH",
            "variant": "professional",
            "metadata": PRO,
        }

    def test_a_default(self, world: World) -> None:
        answer = evaluate(world.acme_key, "support", targetingKey=world.acme.code)
        assert answer.body == {
            "key": "support",
            "value": "mail",
            "reason": "STATIC",
            "variant": "default",
            "metadata": {"source": "default", "plan": "professional"},
        }

    def test_without_an_agreement_there_is_no_plan_to_name(self, world: World) -> None:
        make_organization("Dune", external_id="customer-3")
        answer = evaluate(world.platform_key, "support", targetingKey="customer-3")
        assert answer.body["metadata"] == {"source": "default"}

    def test_without_a_value_the_default_of_the_code_holds(self, world: World) -> None:
        Feature.objects.filter(code="support").update(default_value=None)
        answer = evaluate(world.acme_key, "support")
        assert (answer.body["variant"], "value" in answer.body) == ("default", False)

    def test_a_person_has_what_was_overridden_for_them(self, world: World) -> None:
        for member, value in ((None, "pager"), ("u_17", "visit")):
            set_override(
                organization=world.acme,
                key="support",
                member=member,
                value=value,
                actor=STAFF,
                now=NOW,
            )
        found = [
            evaluate(world.acme_key, "support", member=member, color="blue").body
            for member in ("u_17", "u_18")
        ]
        assert [(body["value"], body["variant"], body["reason"]) for body in found] == [
            ("visit", "user", "TARGETING_MATCH"),
            ("pager", "organization", "TARGETING_MATCH"),
        ]

    def test_a_metered_feature_is_what_is_left_of_it(self, world: World) -> None:
        world.as_acme.post("usage", {"id": "r-1", "feature": "ai_credits", "value": "1.5"})
        answer = evaluate(world.acme_key, "ai_credits")
        assert answer.body == {
            "key": "ai_credits",
            "value": {
                "included": 5000,
                "used": 1.5,
                "remaining": 4998.5,
                "limit": None,
                "resets_at": "2026-10-10T08:00:00Z",
            },
            "reason": "TARGETING_MATCH",
            "variant": "professional",
            "metadata": PRO,
        }

    def test_a_number_that_is_a_float_stays_one(self, world: World) -> None:
        make_flag("ratio", value_type=ValueType.NUMBER, default_value=20.0)
        assert b'"value":20.0' in evaluate(world.acme_key, "ratio").raw

    @pytest.mark.parametrize("key", ["nothing", "documents", "a%20b", "Advanced_AI"])
    def test_an_unknown_flag_is_not_found(self, world: World, key: str) -> None:
        answer = evaluate(world.acme_key, key)
        assert (answer.status, answer.body["errorCode"]) == (404, "FLAG_NOT_FOUND")
        assert answer.body["key"] == key.replace("%20", " ")
        assert answer.body["errorDetails"]


class TestWhom:
    def test_an_organization_s_key_need_not_say(self, world: World) -> None:
        for body in ('{"context": {}}', "{}", '{"context": {"targetingKey": ""}}'):
            assert evaluate(world.acme_key, "advanced_ai", body=body).body["value"] is True

    def test_a_platform_key_must(self, world: World) -> None:
        for key in ("advanced_ai", None):
            answer = evaluate(world.platform_key, key)
            assert (answer.status, answer.body["errorCode"]) == (400, "TARGETING_KEY_MISSING")
            assert answer.body.get("key") == key

    def test_others_and_nobody_are_alike(self, world: World) -> None:
        answers = [
            evaluate(world.acme_key, key, targetingKey=name)
            for key in ("advanced_ai", "nothing", None)
            for name in ("customer-2", world.crane.code, "nobody")
        ]
        assert {(answer.status, answer.raw) for answer in answers} == {
            (403, b'{"errorDetails":"There is no such organization."}')
        }
        assert evaluate(world.platform_key, "advanced_ai", targetingKey="nobody").status == 403

    def test_who_is_not_admitted_is_told_in_ofrep_s_words(self, world: World) -> None:
        nobody = evaluate(None, "advanced_ai")
        assert (nobody.status, list(nobody.body)) == (401, ["errorDetails"])
        assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
        writer = make_api_key(world.acme, scopes=[Scope.USAGE_WRITE], now=NOW).secret
        assert evaluate(writer, "advanced_ai").status == 403
        shown = {"X-API-Key": world.acme_key}
        assert evaluate(None, "advanced_ai", headers=shown).status == 200

    def test_too_many_questions_are_answered_later(self, world: World, settings: Any) -> None:
        settings.API_REQUESTS_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE | {"other": 1}
        assert evaluate(world.acme_key, "advanced_ai").status == 200
        refused = evaluate(world.acme_key, "advanced_ai")
        assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
        assert list(refused.body) == ["errorDetails"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "PARSE_ERROR"),
        ("[]", "PARSE_ERROR"),
        ("{", "PARSE_ERROR"),
        ('{"context": {}, "context": {}}', "PARSE_ERROR"),
        ('{"context": {"targetingKey": "a\\u0000"}}', "PARSE_ERROR"),
        ('{"context": []}', "INVALID_CONTEXT"),
        ('{"context": null}', "INVALID_CONTEXT"),
        ('{"context": {"targetingKey": 7}}', "INVALID_CONTEXT"),
        ('{"context": {"targetingKey": "' + "x" * 129 + '"}}', "INVALID_CONTEXT"),
        ('{"context": {"member": ["u_17"]}}', "INVALID_CONTEXT"),
        ('{"context": {"member": " u_17"}}', "INVALID_CONTEXT"),
    ],
)
def test_a_context_that_cannot_be_is_refused(world: World, body: str, code: str) -> None:
    one = evaluate(world.acme_key, "advanced_ai", body=body)
    assert (one.status, one.body["errorCode"], one.body["key"]) == (400, code, "advanced_ai")
    every = evaluate(world.acme_key, body=body)
    assert (every.status, every.body["errorCode"], "key" in every.body) == (400, code, False)


class TestAll:
    def test_flags_and_what_is_counted(self, world: World) -> None:
        answer = evaluate(world.acme_key)
        assert [(flag["key"], flag["variant"]) for flag in answer.body["flags"]] == [
            ("advanced_ai", "professional"),
            ("support", "default"),
            ("ai_credits", "professional"),
        ]
        assert answer.headers["Cache-Control"] == "private, no-cache"

    def test_what_has_not_changed_is_not_sent_again(self, world: World) -> None:
        etag = evaluate(world.acme_key).headers["ETag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}'):
            again = evaluate(world.acme_key, headers={"If-None-Match": known})
            assert (again.status, again.raw, again.headers["ETag"]) == (304, b"", etag)
        other = evaluate(world.acme_key, headers={"If-None-Match": '"other"'})
        assert (other.status, other.headers["ETag"]) == (200, etag)
        streamed = evaluate(world.acme_key, path=f"{FLAGS}?flagConfigEtag=x")
        assert streamed.status == 200

    def test_whatever_may_change_an_answer_changes_its_tag(
        self, world: World, clock: time_machine.Traveller
    ) -> None:
        tags = [evaluate(world.acme_key).headers["ETag"]]

        def is_new(member: str | None = None) -> bool:
            tags.append(evaluate(world.acme_key, member=member).headers["ETag"])
            return tags[-1] not in tags[:-1]

        def override(*, value: bool, member: str | None = None) -> None:
            set_override(
                organization=world.acme,
                key="advanced_ai",
                member=member,
                value=value,
                actor=STAFF,
                now=NOW,
            )

        override(value=False)
        assert is_new()
        override(value=True, member="u_17")
        assert not is_new()
        assert is_new("u_17")
        world.as_acme.post("usage", {"id": "r-1", "feature": "ai_credits", "value": "1"})
        assert is_new()
        make_flag("another", default_value=True)
        assert is_new()
        clock.shift(timedelta(days=30))
        assert is_new()

    def test_organizations_have_tags_of_their_own(self, world: World) -> None:
        make_agreement(make_organization("Dune", external_id="customer-3"))
        tags = {
            evaluate(world.platform_key, targetingKey=f"customer-{number}").headers["ETag"]
            for number in (1, 2, 3)
        }
        assert len(tags) == 3


def test_there_is_nothing_else_below_the_address(world: World) -> None:
    answer = evaluate(world.acme_key, path="/ofrep/v1/evaluate/nothing")
    assert (answer.status, answer.body["errorCode"]) == (404, "GENERAL")
    got = Client().get(f"{FLAGS}/advanced_ai")
    assert (got.status_code, got.headers["Allow"]) == (405, "POST")
