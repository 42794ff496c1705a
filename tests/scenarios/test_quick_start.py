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
from tests.support.processes import children_of, kill

SECONDS_TO_GIVE_UP = 600
VARIABLES = {
    "TALLYBOOK_URL", "PLATFORM_API_KEY", "ORG_API_KEY", "ORG_ID", "AGREEMENT_ID", "OWNER_EMAIL",
    "OWNER_PASSWORD", "MEMBER_EMAIL", "MEMBER_PASSWORD", "STAFF_EMAIL", "STAFF_PASSWORD",
    "STRIPE_MODE", "SANDBOX_URL", "KINDE_CUSTOMER_ID", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET",
    "SIGN_IN_CLIENT_ID", "SIGN_IN_CLIENT_SECRET", "WEBHOOK_SECRET",
}  # fmt: skip


@pytest.fixture
def home() -> Iterator[Path]:
    # Not under pytest's own folder, which only its owner can enter.
    home = settings.DATA_FOLDER / f"demo-{uuid.uuid4().hex}"
    home.mkdir(parents=True)
    yield home
    Cluster(home=home).delete()
    shutil.rmtree(home)


def launch(home: Path, port: int, **variables: str) -> subprocess.Popen[str]:
    known = {
        "TALLYBOOK_DATA": str(home),
        "PORT": str(port),
        "SANDBOX_PORT": str(find_free_port()),
        "DATABASE_URL": "",
        "CELERY_BROKER_URL": "",
        "STRIPE_SECRET_KEY": "",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=env.PROJECT_FOLDER,
        env=env.for_child_process(**{**known, **variables}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


LAST_WORDS = "Stop: Ctrl-C\n"


def read_until_ready(launcher: subprocess.Popen[str], url: str) -> str:
    """Return all that it says before it falls silent: the pipe is read in chunks."""
    said: list[str] = []
    deadline = time.monotonic() + SECONDS_TO_GIVE_UP
    for line in launcher.stdout or ():
        said.append(line)
        if line.endswith(LAST_WORDS) and f"ready: {url}\n" in said:
            return "".join(said)
        if time.monotonic() > deadline:
            break
    pytest.fail(f"The quick start did not get ready. It said:\n{''.join(said)}")


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=30) as response:
        return int(response.status)


def test_one_command_starts_everything_and_one_signal_stops_it(home: Path) -> None:
    port, sandbox_port = find_free_port(), find_free_port()
    url, sandbox = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
    launcher = launch(home, port, SANDBOX_PORT=str(sandbox_port))
    try:
        greeting = read_until_ready(launcher, url)
        answers = [status_of(f"{url}{path}") for path in ("/readyz", "/pricing/", "/admin/login/")]
        time_travel = status_of(f"{sandbox}/time")
        facts = (home / "demo.env").read_text().splitlines()
    finally:
        launcher.send_signal(signal.SIGTERM)
        rest, _ = launcher.communicate(timeout=SECONDS_TO_GIVE_UP)

    assert (answers, time_travel) == ([200, 200, 200], 200)
    assert {line.partition("=")[0] for line in facts} == VARIABLES
    assert {f"TALLYBOOK_URL={url}", "STRIPE_MODE=sandbox", f"SANDBOX_URL={sandbox}"} < set(facts)
    assert f"Stripe's sandbox: {sandbox}/events   Time travel: {sandbox}/time\n" in greeting
    assert (launcher.returncode, rest.splitlines()[-1]) == (0, "Stopped.")
    assert is_port_free(port)
    assert is_port_free(sandbox_port)
    assert Cluster(home=home).is_running() is False
    check_that_it_ends_with_its_sandbox(home)


def check_that_it_ends_with_its_sandbox(home: Path) -> None:
    """The second start has the same data, and ends when one of its processes does."""
    port = find_free_port()
    launcher = launch(home, port)
    try:
        read_until_ready(launcher, f"http://127.0.0.1:{port}")
        kill(next(child for child in children_of(launcher.pid) if "sandbox" in words_of(child)))
        rest, _ = launcher.communicate(timeout=SECONDS_TO_GIVE_UP)
    finally:
        launcher.terminate()
        launcher.wait(timeout=SECONDS_TO_GIVE_UP)

    log = home / "log" / "sandbox.log"
    ending = f"sandbox ended with status -9; its log is {log}"
    assert (launcher.returncode, rest.splitlines()[-1]) == (1, ending)
    assert "The demo data is there.\n" in (home / "log" / "prepare.log").read_text()


def words_of(process: int) -> str:
    """What a process was called with."""
    return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")


def test_live_key_is_refused_before_anything_starts(home: Path) -> None:
    launcher = launch(home, find_free_port(), STRIPE_SECRET_KEY="sk_" + "live_" + "a1B2" * 6)

    said, _ = launcher.communicate(timeout=SECONDS_TO_GIVE_UP)

    assert launcher.returncode == 1
    assert said.startswith("STRIPE_SECRET_KEY is a live key.")
    assert [path.name for path in home.iterdir()] == ["demo.lock"]


@pytest.mark.parametrize(
    ("variable", "said_of_it"),
    [
        ("PORT", "is in use. Choose another: make demo PORT={other}"),
        (
            "SANDBOX_PORT",
            "is in use, which the sandbox needs. Choose another: make demo SANDBOX_PORT={other}",
        ),
    ],
)
def test_a_port_in_use_is_said_plainly(home: Path, variable: str, said_of_it: str) -> None:
    port = find_free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        while is_port_free(port):
            time.sleep(0.05)
        launcher = launch(home, find_free_port(), **{variable: str(port)})
        said, _ = launcher.communicate(timeout=SECONDS_TO_GIVE_UP)
        other.terminate()

    assert launcher.returncode == 1
    assert said == f"Port {port} {said_of_it.format(other=port + 1)}\n"
