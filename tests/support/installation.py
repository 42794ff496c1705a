"""Tallybook as it runs for customers: a durable database and the real web process."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from config import env
from config.embedded import Cluster, find_free_port
from config.supervisor import Supervisor

SECRET = "platform-key"
SECONDS_TO_POPULATE = 300
SECONDS_TO_BE_READY = 30


@dataclass
class Installation:
    """A running installation: where it listens, and how to break it."""

    folder: Path
    cluster: Cluster
    database_url: str
    port: int = field(default_factory=find_free_port)

    @property
    def secret(self) -> str:
        """The secret of the platform key."""
        return (self.folder / SECRET).read_text()

    def environment(self) -> dict[str, str]:
        """What its processes know of the world."""
        return env.for_child_process(
            DATABASE_URL=self.database_url,
            DJANGO_SETTINGS_MODULE="config.settings.demo",
            TALLYBOOK_DATA=str(self.folder),
        )

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Python's in the installation's environment until it ends."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=env.PROJECT_FOLDER,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_POPULATE,
            check=False,
        )

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

    def kill_database(self) -> None:
        """SIGKILL the database server and everything it started, then start it again."""
        [[data_folder]] = self._ask("SHOW data_directory")
        postmaster = int(Path(str(data_folder), "postmaster.pid").read_text().split()[0])
        backends = [postmaster, *_children_of(postmaster)]
        for process in backends:
            _kill(process)
        assert self.cluster.start() == self.database_url

    def _ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode()).fetchall()


@contextmanager
def running_installation(
    folder: Path, *, organizations: int, history: int
) -> Iterator[Installation]:
    """Build an installation in an empty folder, run it, and take it down again."""
    cluster = Cluster(home=folder)
    cluster.delete()
    installation = Installation(folder=folder, cluster=cluster, database_url=cluster.start())
    web = Supervisor(log_folder=folder / "log")
    try:
        arguments = f"organizations={organizations}, history={history}"
        filled = installation.run(
            "-c",
            "import django; django.setup()\n"
            f"from tests.support.populate import populate; populate({arguments})",
        )
        assert filled.returncode == 0, filled.stderr
        web.start(
            name="web",
            command=[
                str(Path(sys.executable).parent / "granian"),
                *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(installation.port)),
                *("--workers", "2", "--blocking-threads", "4", "--no-ws"),
                "--respawn-failed-workers",
                "config.wsgi:application",
            ],
            environment=installation.environment(),
            folder=env.PROJECT_FOLDER,
        )
        installation.wait_until_ready()
        yield installation
    finally:
        web.stop()
        cluster.stop()


def list_web_workers(installation: Installation) -> list[int]:
    """The process ids of the workers that answer requests."""
    marker = str(installation.port).encode()
    return [
        process
        for process in _all_processes()
        if marker in _command_of(process).split(b"\0") and _parent_of(process) != os.getpid()
    ]


def kill_process(process: int) -> None:
    """SIGKILL one process of the installation's."""
    _kill(process)


def yesterday() -> datetime:
    """When the agreements of an installation began."""
    return datetime.now(UTC) - timedelta(days=1)


def _children_of(parent: int) -> list[int]:
    return [process for process in _all_processes() if _parent_of(process) == parent]


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent_of(process: int) -> int | None:
    try:
        # The name, in parentheses, may hold spaces; the parent is the second field after it.
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
