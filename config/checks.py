"""Start-up checks: what would go wrong later is said at once, with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

MINIMUM_SECRET_KEY_LENGTH = 50


@register()
def check_time_is_utc(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.USE_TZ and settings.TIME_ZONE == "UTC" and settings.CELERY_TIMEZONE == "UTC":
        return []
    return [
        Error(
            "Tallybook keeps time in UTC.",
            hint="Leave USE_TZ, TIME_ZONE and CELERY_TIMEZONE alone: organizations have their own.",
            id="tallybook.E001",
        )
    ]


@register()
def check_broker_is_set(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    url = str(settings.CELERY_BROKER_URL)
    if not url.startswith(("sqla+", "filesystem://", "memory://")):
        return []
    return [
        Error(
            "This broker loses tasks when a process dies.",
            hint="Use pgmq://, amqp:// or redis://, or unset CELERY_BROKER_URL.",
            id="tallybook.E002",
        )
    ]


@register(Tags.security, deploy=True)
def check_production(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if settings.DEBUG:
        problems.append(
            Error("DEBUG is on.", hint="It shows secrets to visitors.", id="tallybook.E010")
        )
    if len(settings.SECRET_KEY) < MINIMUM_SECRET_KEY_LENGTH:
        problems.append(
            Error(
                f"SECRET_KEY is shorter than {MINIMUM_SECRET_KEY_LENGTH} characters.",
                hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
                id="tallybook.E011",
            )
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "ALLOWED_HOSTS does not name your hosts.",
                hint="List them, separated by commas.",
                id="tallybook.E012",
            )
        )
    if not str(settings.PUBLIC_URL).startswith("https://"):
        problems.append(
            Error(
                "PUBLIC_URL is not an https address.",
                hint="Mails and redirects are built on it.",
                id="tallybook.E013",
            )
        )
    return problems
