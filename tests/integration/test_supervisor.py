from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import supervisor
from config.env import for_child_process
from config.supervisor import ProcessEndedError, Supervisor

SECONDS_TO_GIVE_UP = 30


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Supervisor]:
    house = Supervisor(log_folder=tmp_path / "log")
    yield house
    house.stop()


def start(house: Supervisor, program: str, *, name: str, folder: Path) -> None:
    house.start(
        name=name,
        command=[sys.executable, "-c", program],
        environment=for_child_process(),
        folder=folder,
    )


def wait_for_text(path: Path) -> str:
    deadline = time.monotonic() + SECONDS_TO_GIVE_UP
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.02)
    return path.read_text().strip()


def is_alive(process_id: int) -> bool:
    """Whether it runs; a process that waits to be collected by its parent does not."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_process_that_ends_is_named_with_its_log(house: Supervisor, tmp_path: Path) -> None:
    start(house, "print('goodbye'); raise SystemExit(3)", name="worker", folder=tmp_path)
    assert house.wait() == 3

    log = tmp_path / "log" / "worker.log"
    with pytest.raises(ProcessEndedError, match=f"worker ended with status 3; its log is {log}"):
        house.check()
    assert log.read_text() == "goodbye\n"


def test_the_log_of_the_last_run_is_kept(house: Supervisor, tmp_path: Path) -> None:
    for word in ("first", "second"):
        start(house, f"print('{word}')", name="web", folder=tmp_path)
        house.wait()

    assert (tmp_path / "log" / "web.log.1").read_text() == "first\n"
    assert (tmp_path / "log" / "web.log").read_text() == "second\n"


def test_a_process_that_will_not_stop_is_killed_with_its_children(
    house: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SECONDS_TO_STOP", 0.2)
    stubborn = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "if child: open('pids', 'w').write(f'{os.getpid()} {child}\\n')\n"
        "time.sleep(600)\n"
    )
    start(house, stubborn, name="stubborn", folder=tmp_path)
    parent, child = map(int, wait_for_text(tmp_path / "pids").split())
    assert is_alive(parent)
    assert is_alive(child)

    house.stop()

    wait_until_gone(parent, child)


def test_a_process_gets_the_environment_it_was_given(house: Supervisor, tmp_path: Path) -> None:
    house.start(
        name="env",
        command=[sys.executable, "-c", "import os; print(os.environ['COLOUR'])"],
        environment={**os.environ, "COLOUR": "green"},
        folder=tmp_path,
    )
    house.wait()

    assert (tmp_path / "log" / "env.log").read_text() == "green\n"


def wait_until_gone(*process_ids: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_GIVE_UP
    while any(is_alive(process_id) for process_id in process_ids):
        assert time.monotonic() < deadline, f"{process_ids} are still running"
        time.sleep(0.02)


def test_what_a_process_writes_is_for_its_owner_alone(house: Supervisor, tmp_path: Path) -> None:
    program = "import pathlib; pathlib.Path('mail').mkdir(); pathlib.Path('mail/1').touch()"
    start(house, program, name="worker", folder=tmp_path)
    assert house.wait() == 0
    folder, file = tmp_path / "mail", tmp_path / "mail" / "1"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
