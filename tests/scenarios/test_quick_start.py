"""The quick start as a newcomer meets it: one command up, one signal down, nothing left behind."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config import env
from config.embedded import Cluster, find_free_port, is_port_free

SECONDS_TO_GIVE_UP = 240
VARIABLES = {
    "TALLYBOOK_URL", "PLATFORM_API_KEY", "ORG_API_KEY", "ORG_ID", "AGREEMENT_ID", "OWNER_EMAIL",
    "OWNER_PASSWORD", "MEMBER_EMAIL", "MEMBER_PASSWORD", "STAFF_EMAIL", "STAFF_PASSWORD",
}  # fmt: skip


@pytest.fixture
def home() -> Iterator[Path]:
    # Not under pytest's own folder, which only its owner can enter.
    home = settings.DATA_FOLDER / f"demo-{uuid.uuid4().hex}"
    home.mkdir(parents=True)
    yield home
    Cluster(home=home).delete()
    shutil.rmtree(home)


def launch(home: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=env.PROJECT_FOLDER,
        env=env.for_child_process(
            TALLYBOOK_DATA=str(home), PORT=str(port), DATABASE_URL="", CELERY_BROKER_URL=""
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until_ready(launcher: subprocess.Popen[str], url: str) -> None:
    said = []
    deadline = time.monotonic() + SECONDS_TO_GIVE_UP
    for line in launcher.stdout or ():
        said.append(line)
        if line == f"ready: {url}\n":
            return
        if time.monotonic() > deadline:
            break
    pytest.fail(f"The quick start did not get ready. It said:\n{''.join(said)}")


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=30) as response:
        return int(response.status)


def test_one_command_starts_everything_and_one_signal_stops_it(home: Path) -> None:
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    launcher = launch(home, port)
    try:
        read_until_ready(launcher, url)
        answers = [status_of(f"{url}{path}") for path in ("/readyz", "/pricing/", "/admin/login/")]
        facts = (home / "demo.env").read_text().splitlines()
    finally:
        launcher.send_signal(signal.SIGTERM)
        rest, _ = launcher.communicate(timeout=SECONDS_TO_GIVE_UP)

    assert answers == [200, 200, 200]
    assert {line.partition("=")[0] for line in facts} == VARIABLES
    assert f"TALLYBOOK_URL={url}" in facts
    assert (launcher.returncode, rest.splitlines()[-1]) == (0, "Stopped.")
    assert is_port_free(port)
    assert Cluster(home=home).is_running() is False


def test_a_port_in_use_is_said_plainly(home: Path) -> None:
    port = find_free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        while is_port_free(port):
            time.sleep(0.05)
        launcher = launch(home, port)
        said, _ = launcher.communicate(timeout=SECONDS_TO_GIVE_UP)
        other.terminate()

    assert launcher.returncode == 1
    assert said == f"Port {port} is in use. Choose another: make demo PORT={port + 1}\n"
