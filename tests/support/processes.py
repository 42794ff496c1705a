"""Programs that run beside a test: killed as by a power cut, and started again."""

import os
import signal
import subprocess
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config import env

SECONDS_TO_STOP = 20
SECONDS_TO_DIE = 10


@dataclass
class Service:
    """A program with processes of its own below it, the head of its own process group."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    restarts: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Run it. It writes to the end of its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=env.PROJECT_FOLDER,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def revive(self) -> None:
        """Do what any supervisor of services does: start it again if it has ended."""
        if self._running.poll() is not None:
            kill_group(self._running.pid)
            self.restarts += 1
            self.start()

    def children(self) -> list[int]:
        """The processes that it started and that live, oldest first."""
        return children_of(self._running.pid)

    def leader(self) -> list[int]:
        """The process that started the others."""
        return [self._running.pid]

    def kill(self) -> None:
        """SIGKILL it and every process that it started."""
        kill_group(self._running.pid)
        self._running.wait()

    def stop(self) -> None:
        """Ask it to finish, and kill what has not done so in time. Harmless when it never ran."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
        kill_group(self._process.pid)
        self._process.wait()
        self._process = None

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process


def kill(process: int) -> None:
    """SIGKILL one process, if it still lives."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_group(group: int) -> None:
    """SIGKILL what is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def children_of(parent: int) -> list[int]:
    """The living children of a process, oldest first."""
    every = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return sorted(process for process in every if _parent_if_alive(process) == parent)


def wait_until_gone(processes: Collection[int]) -> None:
    """Return once none of them lives. Raises `TimeoutError` if one stays."""
    deadline = time.monotonic() + SECONDS_TO_DIE
    while any(_parent_if_alive(process) is not None for process in processes):
        if time.monotonic() > deadline:
            raise TimeoutError(f"some of {processes} are still there")
        time.sleep(0.01)


def _parent_if_alive(process: int) -> int | None:
    try:
        # The name, in parentheses, may hold spaces; state and parent are the next two fields.
        state, parent, *_ = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(parent)
