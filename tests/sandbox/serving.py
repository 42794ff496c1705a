"""A sandbox in a process of its own, for whatever talks to it over HTTP."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from config.env import PROJECT_FOLDER

PATIENCE = 20


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a fresh sandbox, which ends with the block."""
    port = _free_port()
    command = [sys.executable, "-m", "billing.sandbox"]
    with (
        (folder / "sandbox.log").open("wb") as log,
        subprocess.Popen(
            [*command, "--file", str(folder / "sandbox.sqlite"), "--port", str(port)],
            cwd=PROJECT_FOLDER,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_until_ready(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/_sandbox/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise TimeoutError("The sandbox did not become ready.")
