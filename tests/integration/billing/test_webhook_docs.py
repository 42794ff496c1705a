"""`docs/webhooks.md` says what is sent: every type, and the fields that really are there."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Organization, WebhookEvent
from accounts.webhooks.types import declared
from billing.agreements.changes import change_plan
from billing.agreements.operations import cancel_agreement
from billing.usage.news import announce_usage
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.webhooks import make_endpoint

PAGE = (Path(settings.PROJECT_FOLDER) / "docs" / "webhooks.md").read_text()
DAY = timedelta(days=1)


def named_types() -> set[str]:
    """The types in the table; a name that begins with a dot goes on after the noun before it."""
    table = PAGE.split("## What is sent when")[1].split("### ")[0]
    names, noun = set(), ""
    for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        for name in re.findall(r"`([a-z_.]+)`", row):
            noun = noun if name.startswith(".") else name.partition(".")[0]
            names.add(noun + name if name.startswith(".") else name)
    return names


def examples() -> list[dict[str, Any]]:
    """The documents on the page."""
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def fields_of(type: str) -> set[str]:
    """The fields that the last event of a type has."""
    return set(WebhookEvent.objects.filter(type=type).latest("pk").data)


def test_every_type_is_named() -> None:
    assert named_types() == set(declared())


def test_the_examples_have_the_fields_that_are_sent(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_endpoint(acme, event_types=["usage.updated"])
    agreement = make_agreement(acme, "starter")
    change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=SUBSCRIBED + DAY)
    use(acme, "e1", 5_000, at=SUBSCRIBED + DAY)
    announce_usage(now=SUBSCRIBED + DAY)
    shown = [set(example) for example in examples()]
    for type_ in (
        "subscription.updated",
        "usage.threshold_crossed",
        "usage.updated",
        "credits.granted",
        "plan.published",
    ):
        assert fields_of(type_) in shown, type_
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED + 2 * DAY)
    assert fields_of("subscription.canceled") == fields_of("subscription.updated") - {
        "effective_at"
    }
