"""The cache holds what was promised for a while, also when many are counted in it."""

from typing import Any

import pytest
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from pytest_django import Settings

from config.settings import base

CODE = "allauth.idp.oidc.authorization_code[app_1:secret]"


@pytest.mark.django_db
def test_a_code_is_not_lost_because_others_try_to_log_in(settings: Settings) -> None:
    settings.CACHES = base.CACHES
    call_command("createcachetable", verbosity=0)
    kept: dict[str, Any] = base.CACHES["default"]
    cache = DatabaseCache(kept["LOCATION"], kept)
    cache.set(CODE, "whose it is", timeout=60)
    for visitor in range(400):
        cache.set(f"allauth:rl:login:ip:{visitor}", [1.0], timeout=60)
    assert cache.get(CODE) == "whose it is"
    assert cache.get("allauth:rl:login:ip:0") == [1.0]
