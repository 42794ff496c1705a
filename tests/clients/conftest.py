"""A running Tallybook, a client of it, and the example app beside it."""

import shutil
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from config import env
from config.embedded import Cluster, find_free_port
from tallybook import Tallybook
from tests.support.database import fresh_database, server_in_use
from tests.support.installation import Installation
from tests.support.processes import Service

EXAMPLE = env.PROJECT_FOLDER / "examples/django_app"
WEBHOOK_SECRET = "whsec_YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcy4uLi4="


@dataclass(frozen=True)
class Running:
    """The product, with customers in it, and the key of the company behind them."""

    installation: Installation
    key: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.installation.port}"

    def client(self, organization: str) -> Tallybook:
        """A client that speaks of one customer."""
        return Tallybook(self.url, self.key, organization=organization)


@pytest.fixture(scope="session")
def running(django_db_setup: None, worker_id: str) -> Iterator[Running]:
    folder = settings.DATA_FOLDER / f"clients-{uuid.uuid4().hex}"
    cluster = Cluster(home=settings.DATA_FOLDER, prefix="test-", durable=False)
    with (
        server_in_use(settings.DATA_FOLDER) as server,
        fresh_database(server, suffix=f"clients_{worker_id}") as database,
    ):
        url = urlsplit(server)._replace(path=f"/{database['NAME']}").geturl()
        installation = Installation(folder=folder, cluster=cluster, database_url=url)
        try:
            key = installation.call("tests.clients.world:populate")
            installation.call("tests.clients.world:prepare_pages")
            installation.web.start()
            installation.wait_until_ready()
            yield Running(installation, key)
        finally:
            installation.web.stop()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def example_url(
    running: Running, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """The example app, which is billed by the running product."""
    folder = tmp_path_factory.mktemp(f"gist-{worker_id}")
    address = f"127.0.0.1:{find_free_port()}"
    return_to = f"http://{address}/signed-in"
    client_id, secret = running.installation.call(
        "tests.clients.world:register_app", return_to=return_to
    )
    gist = f"{sys.executable} {EXAMPLE / 'manage.py'}"
    app = Service(
        "gist",
        ["sh", "-c", f"{gist} migrate --verbosity 0 && exec {gist} runserver --noreload {address}"],
        env.for_child_process(
            TALLYBOOK_URL=running.url,
            PLATFORM_API_KEY=running.key,
            WEBHOOK_SECRET=WEBHOOK_SECRET,
            SIGN_IN_CLIENT_ID=client_id,
            SIGN_IN_CLIENT_SECRET=secret,
            GIST_SIGNED_IN_AT=return_to,
            GIST_DATABASE=str(folder / "gist.sqlite3"),
        ),
        folder / "gist.log",
    )
    app.start()
    try:
        yield f"http://{address}"
    finally:
        app.stop()


@pytest.fixture
def example(example_url: str) -> Iterator[httpx.Client]:
    """A visitor of the example app."""
    # It may still be starting.
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(base_url=example_url, transport=transport, timeout=30) as visitor:
        yield visitor
