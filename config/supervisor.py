"""Runs a few processes together: if one ends, all end, and none is left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_STOP = 20
PR_SET_PDEATHSIG = 1


class ProcessEndedError(Exception):
    """One of the processes ended by itself. The message names it and its log."""


@dataclass(frozen=True)
class Child:
    """A running process, its name for people, and where it writes."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]


class Supervisor:
    """Starts processes, watches them, and stops them. Each is the head of its own process group."""

    def __init__(self, *, log_folder: Path) -> None:
        self._log_folder = log_folder
        self._children: list[Child] = []

    def start(
        self, *, name: str, command: list[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        """Start a process that writes to ``<name>.log``; the log of its last run becomes
        ``<name>.log.1``.
        """
        self._log_folder.mkdir(parents=True, exist_ok=True)
        log = self._log_folder / f"{name}.log"
        if log.exists():
            log.rename(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A Ctrl-C at the terminal reaches us alone; we then stop the others in order.
                start_new_session=True,
                # What it writes is for us alone: mails hold codes and links that let people in.
                umask=0o077,
                preexec_fn=_end_with_parent,
            )
        self._children.append(Child(name=name, log=log, process=process))

    def check(self) -> None:
        """Raises ``ProcessEndedError`` if any process has ended."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                raise ProcessEndedError(
                    f"{child.name} ended with status {status}; its log is {child.log}"
                )

    def wait(self) -> int:
        """The status of the process started last, once it has ended by itself."""
        return self._children[-1].process.wait()

    def stop(self) -> None:
        """Ask every process to finish, newest first, and kill what has not done so in time, with
        its children.
        """
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in reversed(self._children):
            try:
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
            _kill_group(child.process.pid)
            child.process.wait()
        self._children.clear()


def _kill_group(process_group: int) -> None:
    """End what a process left behind when it died without stopping its own children."""
    try:
        os.killpg(process_group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _end_with_parent() -> None:
    """Runs in the new process: Linux shall end it when we are killed and cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
