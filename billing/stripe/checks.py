"""Start-up checks of what payments depend on."""

from collections.abc import Sequence
from typing import Any

import stripe
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection
from django.db.models import Model
from djstripe.settings import DjstripeSettings

from ..models import StripeEndpoint, StripeIntent
from .endpoint import find_endpoint
from .gateway.configuration import is_connected, is_live
from .home import WHAT_TO_DO, is_of_other_mode


@register()
def check_versions_agree(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Stripe's library, dj-stripe and we must mean the same by what Stripe says."""
    versions = {
        "Tallybook": settings.STRIPE_API_VERSION,
        "stripe": stripe.api_version,
        "dj-stripe": DjstripeSettings.DEFAULT_STRIPE_API_VERSION,
    }
    if len(set(versions.values())) == 1:
        return []
    told = ", ".join(f"{name}: {version}" for name, version in versions.items())
    return [
        Error(
            f"Versions of Stripe's API disagree ({told}).",
            hint="Upgrade them together; none of them works with the answers of another version.",
            id="tallybook.E020",
        )
    ]


@register()
def check_real_money_is_protected(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """With a live key nothing may travel in the open."""
    if not settings.STRIPE_LIVE_MODE or str(settings.PUBLIC_URL).startswith("https://"):
        return []
    return [
        Error(
            "A live key of Stripe's is set, but PUBLIC_URL is not an https address.",
            hint="Use a test key here, or serve Tallybook over https.",
            id="tallybook.E021",
        )
    ]


@register(Tags.database)
def check_events_can_arrive(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Without an endpoint whose secret we know, Stripe's events are refused."""
    if not _may_ask(StripeEndpoint, databases) or find_endpoint() is not None:
        return []
    return [
        Warning(
            "Stripe does not know where to send its events.",
            hint="Run: manage.py stripe_setup",
            id="tallybook.W022",
        )
    ]


@register(Tags.database)
def check_mode_is_that_of_before(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Customers and prices of a test key do not exist for a live one."""
    if not _may_ask(StripeIntent, databases) or not is_of_other_mode():
        return []
    before, now = ("test", "live") if is_live() else ("live", "test")
    return [
        Error(
            f"STRIPE_SECRET_KEY is a {now} key, but this database was used with a {before} key.",
            hint=WHAT_TO_DO,
            id="tallybook.E023",
        )
    ]


def _may_ask(model: type[Model], databases: Sequence[str] | None) -> bool:
    """Whether there is a Stripe, and a table: migrating runs the checks before there are tables."""
    if not databases or not is_connected():
        return False
    return model._meta.db_table in connection.introspection.table_names()
