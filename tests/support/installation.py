"""Tallybook as it runs for customers: a durable database, web, worker and beat."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from config import env
from config.embedded import Cluster, find_free_port
from config.launcher import WEBHOOK_WORKER
from tests.support.processes import Service, children_of, kill, wait_until_gone

SECRET = "platform-key"
SECONDS_TO_RUN = 900
SECONDS_TO_BE_READY = 60
BINARIES = Path(sys.executable).parent


class CallFailedError(Exception):
    """A function called in a process of its own did not return. The message is what it wrote."""


@dataclass
class Installation:
    """An installation: where it listens, and how to break it."""

    folder: Path
    cluster: Cluster
    database_url: str
    # The module with the Celery app; a test may bring one with a faster clock.
    celery_app: str = "config.celery"
    port: int = field(default_factory=find_free_port)
    # What its processes are told besides.
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        """The secret of the platform key."""
        return (self.folder / SECRET).read_text()

    @property
    def name(self) -> str:
        """The name of its database."""
        return urlsplit(self.database_url).path.removeprefix("/")

    def environment(self, **variables: str) -> dict[str, str]:
        """What its processes know of the world."""
        return env.for_child_process(
            **{
                "DATABASE_URL": self.database_url,
                "CELERY_BROKER_URL": "",
                "DJANGO_SETTINGS_MODULE": "config.settings.demo",
                "TALLYBOOK_DATA": str(self.folder),
                **self.variables,
                **variables,
            }
        )

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Python's in the installation's environment until it ends."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=env.PROJECT_FOLDER,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_RUN,
            check=False,
        )

    def call(self, function: str, **arguments: Any) -> Any:
        """
        Return what `package.module:function` returns in a process of the installation's.

        Raises `CallFailedError`.
        """
        done = self.run("-m", "tests.support.call", function, json.dumps(arguments))
        if done.returncode != 0:
            raise CallFailedError(f"{function}: {done.stdout[-2_000:]}{done.stderr[-4_000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def list_violations(self) -> list[dict[str, Any]]:
        """What `verify_ledger` finds in all of the books."""
        proof = self.run("manage.py", "verify_ledger", "--json")
        if not proof.stdout.startswith("{"):
            raise CallFailedError(f"verify_ledger: {proof.stderr[-4_000:]}")
        violations: list[dict[str, Any]] = json.loads(proof.stdout)["violations"]
        return violations

    def copy(self, name: str) -> "Installation":
        """
        The same installation over a copy of its database as it is now.

        It is stopped with the original, whose services do not run and have no connection.
        """
        self._on_server("CREATE DATABASE {} TEMPLATE {}", name, self.name)
        url = urlsplit(self.database_url)._replace(path=f"/{name}").geturl()
        return replace(self, database_url=url, port=find_free_port())

    def drop(self) -> None:
        """Throw its database away, once nothing is running."""
        self._on_server("DROP DATABASE {} WITH (FORCE)", self.name)

    def _on_server(self, statement: str, *databases: str) -> None:
        url = urlsplit(self.database_url)._replace(path="/postgres").geturl()
        with psycopg.connect(url, autocommit=True) as server:
            names = [sql.Identifier(name) for name in databases]
            server.execute(sql.SQL(statement).format(*names))

    # --- its programs ---------------------------------------------------------------------------

    @cached_property
    def web(self) -> Service:
        """The web process with its two workers."""
        return self._service(
            "web",
            str(BINARIES / "granian"),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "2", "--blocking-threads", "4", "--no-ws"),
            "--respawn-failed-workers",
            "config.wsgi:application",
        )

    @cached_property
    def worker(self) -> Service:
        """The Celery worker with its threads."""
        return self._celery("worker", "--without-gossip", "--without-mingle")

    @cached_property
    def webhooks(self) -> Service:
        """The Celery worker that sends webhooks, with its threads."""
        command = (str(BINARIES / "celery"), "--app", self.celery_app, *WEBHOOK_WORKER)
        return self._service("webhooks", *command, "--loglevel", "WARNING")

    @cached_property
    def beat(self) -> Service:
        """The clock that rings for the sweeps."""
        return self._celery("beat")

    def wait_until_ready(self) -> None:
        """Return once the web process says that it is ready."""
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        url = f"http://127.0.0.1:{self.port}/readyz"
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """End every program and the database."""
        for service in (self.beat, self.webhooks, self.worker, self.web):
            service.stop()
        self.cluster.stop()

    def _celery(self, name: str, *options: str) -> Service:
        app = ("--app", self.celery_app)
        return self._service(
            name, str(BINARIES / "celery"), *app, name, "--loglevel", "WARNING", *options
        )

    def _service(self, name: str, *command: str) -> Service:
        log = self.folder / "log" / f"{name}.log"
        return Service(name, [*command], self.environment(), log)

    # --- its database ---------------------------------------------------------------------------

    @cached_property
    def _postmaster_file(self) -> Path:
        with psycopg.connect(self.database_url) as connection:
            [folder] = connection.execute("SHOW data_directory").fetchone() or ("",)
        return Path(folder, "postmaster.pid")

    def kill_database(self) -> None:
        """SIGKILL the database server and everything it started, then start it again."""
        postmaster = int(self._postmaster_file.read_text().split()[0])
        processes = [postmaster, *children_of(postmaster)]
        for process in processes:
            kill(process)
        # Its port is free only when the last of them has gone.
        wait_until_gone(processes)
        if urlsplit(self.cluster.start()).netloc != urlsplit(self.database_url).netloc:
            raise RuntimeError("the database came back at another address")

    def kill_backend(self) -> None:
        """
        SIGKILL one process of the database that serves a connection, a busy one if there is any.

        The server then ends all others and recovers by itself; return once it has.
        """
        with psycopg.connect(self.database_url) as connection:
            victim = connection.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                " ORDER BY state = 'active' DESC, random() LIMIT 1"
            ).fetchone()
        if victim is not None:
            kill(victim[0])
            wait_until_gone(victim)
        self.wait_for_database()

    def wait_for_database(self) -> None:
        """Return once the database accepts connections."""
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        while not self.cluster.is_running():
            if time.monotonic() > deadline:
                raise TimeoutError("the database does not come back")
            time.sleep(0.05)


@contextmanager
def new_installation(
    folder: Path, *, durable: bool = True, celery_app: str = "config.celery"
) -> Iterator[Installation]:
    """
    Make an installation in a folder of its own, with an empty schema and nothing running but the
    database; stop all of it again. Its data and logs stay until the next.
    """
    cluster = Cluster(home=folder, durable=durable)
    cluster.delete()
    shutil.rmtree(folder, ignore_errors=True)
    installation = Installation(
        folder=folder, cluster=cluster, database_url=cluster.start(), celery_app=celery_app
    )
    try:
        installation.call("tests.support.populate:migrate")
        yield installation
    finally:
        installation.stop()


@contextmanager
def running_installation(
    folder: Path, *, organizations: int, history: int
) -> Iterator[Installation]:
    """Make an installation with customers in it, and run its web process."""
    with new_installation(folder) as installation:
        installation.call(
            "tests.support.populate:populate", organizations=organizations, history=history
        )
        installation.web.start()
        installation.wait_until_ready()
        yield installation


def yesterday() -> datetime:
    """When the agreements of an installation began."""
    return datetime.now(UTC) - timedelta(days=1)
