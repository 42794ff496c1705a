"""The quick start: database, sandbox, web, worker and beat from one command, until Ctrl-C.

``PORT`` (8000), ``SANDBOX_PORT`` (12111) and ``HOST`` (127.0.0.1) say where; ``RESET=1`` starts
afresh; ``DATABASE_URL`` uses a server of yours; ``STRIPE_SECRET_KEY``, a test key, uses Stripe
itself in the place of the sandbox.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import Self

from config import env
from config.embedded import Cluster, EmbeddedPostgresError, is_port_free
from config.supervisor import ProcessEndedError, Supervisor

SECONDS_TO_BE_READY = 60
LIVE = "_live_"
SANDBOX_FILE = "sandbox.sqlite"
LOGINS = ("OWNER", "MEMBER", "STAFF")
BINARIES = Path(sys.executable).parent
# Its threads wait for other people's servers, and do little else.
WEBHOOK_WORKER = (
    *("worker", "--queues", "webhooks", "--concurrency", "16"),
    *("--prefetch-multiplier", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"),
)


class CannotStartError(Exception):
    """The message tells a person what is in the way and what to do."""


class Interrupted(Exception):
    """Somebody asked us to stop."""


@dataclass(frozen=True)
class Sandbox:
    """What stands in for Stripe, as a process of its own."""

    file: Path
    port: int

    @classmethod
    def at_home(cls, folder: Path) -> Self:
        """The one that keeps its state in this folder."""
        return cls(folder / SANDBOX_FILE, env.integer("SANDBOX_PORT", default=12111))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        arguments = ("--file", str(self.file), "--port", str(self.port))
        return [sys.executable, "-m", "billing.sandbox", *arguments]


class Demo:
    """The processes of the quick start and what they share."""

    def __init__(self) -> None:
        self.data = env.data_folder()
        self.host = env.text("HOST", default="127.0.0.1")
        self.port = env.integer("PORT", default=8000)
        self.url = env.text("PUBLIC_URL", default=f"http://127.0.0.1:{self.port}")
        self.sandbox = None if env.text("STRIPE_SECRET_KEY") else Sandbox.at_home(self.data)
        self.cluster = None if env.database_url() else Cluster(home=self.data)
        self.supervisor = Supervisor(log_folder=self.data / "log")

    def run(self) -> None:
        """Start everything, say so, and stay until something ends.

        What was started is stopped on every way out.
        """
        with ExitStack() as way_out:
            way_out.enter_context(self._alone())
            self._check()
            if env.boolean("RESET", default=False):
                self._reset()
            way_out.callback(self._stop_database)
            environment = self._environment()
            way_out.callback(self.supervisor.stop)
            self._start_sandbox(environment)
            self._prepare(environment)
            self._start_processes(environment)
            self._wait_until("web", self.port, "/readyz")
            self._greet()
            self._watch()

    def _check(self) -> None:
        """Say what is in the way before anything is started."""
        if LIVE in env.text("STRIPE_SECRET_KEY"):
            raise CannotStartError(
                "STRIPE_SECRET_KEY is a live key. The demo's customers do not exist and cannot pay "
                "with real money: use a test key (sk_test_...), or none for the sandbox."
            )
        if not is_port_free(self.port, host=self.host):
            raise CannotStartError(
                f"Port {self.port} is in use. Choose another: make demo PORT={self.port + 1}"
            )
        if self.sandbox is not None and not is_port_free(self.sandbox.port):
            port = self.sandbox.port
            raise CannotStartError(
                f"Port {port} is in use, which the sandbox needs. Choose another: "
                f"make demo SANDBOX_PORT={port + 1}"
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One demo at a time on one data folder."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "demo.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CannotStartError(f"Another demo is running on {self.data}.") from error
            yield

    def _reset(self) -> None:
        if self.cluster is None:
            raise CannotStartError(
                "RESET deletes the demo's own database only; DATABASE_URL names one of yours."
            )
        self.cluster.delete()
        sandbox_files = self.data.glob(f"{SANDBOX_FILE}*")
        for path in (
            *(self.data / name for name in ("mail", "static", "demo.env")),
            *sandbox_files,
        ):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _environment(self) -> dict[str, str]:
        print(
            "Starting PostgreSQL" if self.cluster else "Using the database of DATABASE_URL",
            flush=True,
        )
        return env.for_child_process(
            DATABASE_URL=self.cluster.start() if self.cluster else env.database_url(),
            DJANGO_SETTINGS_MODULE="config.settings.demo",
            PUBLIC_URL=self.url,
            SANDBOX_URL=self.sandbox.url if self.sandbox else "",
            PYTHONUNBUFFERED="1",
        )

    def _start_sandbox(self, environment: dict[str, str]) -> None:
        if self.sandbox is None:
            print(
                "Using Stripe, with your test key. Unless it reaches this machine, its events are "
                "asked for every 15 minutes; README.md says how to have them at once.",
                flush=True,
            )
            return
        print("Starting the sandbox that stands in for Stripe", flush=True)
        self.supervisor.start(
            name="sandbox",
            command=self.sandbox.command,
            environment=environment,
            folder=env.PROJECT_FOLDER,
        )
        self._wait_until("sandbox", self.sandbox.port, "/_sandbox/health")

    def _prepare(self, environment: dict[str, str]) -> None:
        print("Preparing schema, static files and demo data", flush=True)
        step = Supervisor(log_folder=self.data / "log")
        step.start(
            name="prepare",
            command=[sys.executable, "manage.py", "prepare", "--demo-data"],
            environment=environment,
            folder=env.PROJECT_FOLDER,
        )
        try:
            status = step.wait()
        finally:
            step.stop()
        if status != 0:
            log = self.data / "log" / "prepare.log"
            raise CannotStartError(f"Preparing failed; the end of {log}:\n{_tail(log)}")

    def _start_processes(self, environment: dict[str, str]) -> None:
        celery = [str(BINARIES / "celery"), "--app", "config.celery"]
        commands = {
            "web": [
                str(BINARIES / "granian"),
                *("--interface", "wsgi", "--host", self.host, "--port", str(self.port)),
                *("--workers", str(env.integer("WEB_WORKERS", default=2))),
                *("--blocking-threads", str(env.integer("WEB_THREADS", default=4))),
                *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws"),
                "config.wsgi:application",
            ],
            "worker": [
                *(*celery, "worker", "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            "webhooks": [*celery, *WEBHOOK_WORKER, "--loglevel", "WARNING"],
            "beat": [*celery, "beat", "--loglevel", "INFO"],
        }
        for name, command in commands.items():
            self.supervisor.start(
                name=name, command=command, environment=environment, folder=env.PROJECT_FOLDER
            )

    def _wait_until(self, name: str, port: int, path: str) -> None:
        """Return once the process of this name says that it is ready."""
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        while not _answers(port, path):
            self.supervisor.check()
            if time.monotonic() > deadline:
                raise CannotStartError(
                    f"The {name} process is not ready; its log is {self.data / 'log' / name}.log"
                )
            time.sleep(0.1)

    def _greet(self) -> None:
        print(f"\nready: {self.url}\n")
        facts = _read_variables(self.data / "demo.env")
        for name in LOGINS:
            if f"{name}_EMAIL" in facts:
                print(f"  {name.lower():8} {facts[f'{name}_EMAIL']}  {facts[f'{name}_PASSWORD']}")
        if self.sandbox is not None:
            url = self.sandbox.url
            print(f"\nStripe's sandbox: {url}/events   Time travel: {url}/time")
        print(
            f"\nKeys and ids: {self.data / 'demo.env'}   Logs: {self.data / 'log'}   Stop: Ctrl-C",
            flush=True,
        )

    def _watch(self) -> None:
        silent = 0
        while True:
            self.supervisor.check()
            if self.cluster is not None:
                silent = 0 if self.cluster.is_running() else silent + 1
                if silent > 1:
                    raise ProcessEndedError(f"PostgreSQL ended; its log is {self.cluster.log}")
            time.sleep(1)

    def _stop_database(self) -> None:
        if self.cluster is not None:
            self.cluster.stop()


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return bool(response.status == HTTPStatus.OK)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _read_variables(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value.strip("'\"") for name, separator, value in lines if separator}


def _tail(path: Path, *, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    """Raised once, wherever we are; what follows on the way out is not disturbed by a second
    Ctrl-C.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        Demo().run()
    except Interrupted:
        print("Stopped.", flush=True)
        return 0
    except (CannotStartError, EmbeddedPostgresError, ProcessEndedError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
