"""Kinde's own Python client in front of the test server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from kinde_sdk.management.management_client import ManagementClient
from kinde_sdk.management.management_token_manager import ManagementTokenManager
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization
from tests.api.conftest import NOW, World, make_world
from tests.factories.accounts import make_api_key
from tests.support.tls_proxy import TlsProxy, tls_proxy


@dataclass
class Kinde:
    """The domain that takes the place of `example.kinde.com`, and who works behind it."""

    proxy: TlsProxy
    world: World

    def client(self, organization: Organization | None, **key: Any) -> Any:
        """The client with an API key's id and secret as its credentials."""
        issued = make_api_key(organization, now=NOW, **key)
        return ManagementClient(self.proxy.domain, issued.api_key.public_id, issued.secret)

    @property
    def of_the_company(self) -> Any:
        """The client of the company that runs the installation."""
        return self.client(None)


@pytest.fixture
def kinde(
    live_server: LiveServer,
    clock: time_machine.Traveller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Kinde]:
    world = make_world()
    with tls_proxy(live_server.url, folder=tmp_path) as proxy:
        for name, value in proxy.environment().items():
            monkeypatch.setenv(name, value)
        yield Kinde(proxy, world)
    ManagementTokenManager.reset_instances()
