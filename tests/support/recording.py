"""
What was asked of Stripe while the tests ran, and whether Stripe's own description allows it.

Every request goes through one transport, so this is all of them. Which are ours and which a test
made to arrange something is told by who called. At the end of the run the list is printed, with
what all workers saw.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import stripe

from billing.sandbox import resources
from billing.sandbox.errors import StripeError
from billing.sandbox.forms import decode
from billing.sandbox.parameters import read_parameters
from billing.sandbox.routing import find_operation
from billing.sandbox.spec import load
from billing.stripe.gateway.transport import Transport

REPOSITORY: Final = Path(__file__).resolve().parents[2]
OURS: Final = REPOSITORY / "billing" / "stripe"
# These carry what others ask.
CARRIERS: Final = ("gateway/client.py", "gateway/transport.py", "intents/performing.py")
KEY: Final = pytest.StashKey[Path]()
Address = tuple[str, str]


@dataclass
class Calls:
    """How an operation was called: how often by us, with which parameters, and what was wrong."""

    count: int = 0
    parameters: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)

    def add(self, other: Calls) -> None:
        """Count what somebody else saw too."""
        self.count += other.count
        self.parameters |= other.parameters
        self.faults |= other.faults


@dataclass
class Recorder:
    """The calls of our own code by method and path."""

    calls: dict[Address, Calls] = field(default_factory=dict)

    def note(self, method: str, url: str, body: Any) -> None:
        """One request."""
        parts = urlsplit(url)
        match = find_operation(method.upper(), parts.path)
        address = (method.upper(), parts.path if match is None else match.path)
        calls = self.calls.setdefault(address, Calls())
        calls.count += 1
        if match is None:
            calls.faults.add("no such operation")
            return
        text = body.decode() if isinstance(body, bytes) else body or ""
        raw = decode(parts.query, text)
        calls.parameters |= set(_names(raw))
        try:
            read_parameters(load().operations[address], raw)
        except StripeError as fault:
            calls.faults.add(str(fault.error["message"]))


_recorders: list[Recorder] = []


@contextmanager
def recorded() -> Iterator[Recorder]:
    """All that our code asks of Stripe meanwhile."""
    recorder = Recorder()
    _recorders.append(recorder)
    try:
        yield recorder
    finally:
        _recorders.remove(recorder)


def _names(raw: Any, path: str = "") -> Iterator[str]:
    """The names of parameters, nested ones with a dot; places in a list and own keys are one."""
    if not isinstance(raw, Mapping):
        yield path
        return
    for name, value in raw.items():
        shown = "[]" if name.isdecimal() else "" if path.endswith("metadata") else name
        if not shown:
            yield path
        else:
            joined = f"{path}{shown}" if shown == "[]" or not path else f"{path}.{shown}"
            yield from _names(value, joined)


def _is_ours() -> bool:
    """Whether the first who is no carrier belongs to the product."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(str(REPOSITORY)) and "/.venv/" not in file:
            is_carrier = file.endswith(CARRIERS) or file == __file__
            if not is_carrier:
                return file.startswith(str(OURS))
        frame = frame.f_back
    return False


# --- what the source names ----------------------------------------------------------------------


def named_operations() -> set[str]:
    """Every operation that billing/stripe names, the tables of what it finds again included."""
    return {
        node.value
        for file in OURS.rglob("*.py")
        for node in ast.walk(_without_registrations(ast.parse(file.read_text()), file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_call(node.value)
    }


def _without_registrations(tree: ast.Module, file: Path) -> ast.Module:
    """Leave out what follows from a call (`@concludes`), and the keys of the tables of labels."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
        if isinstance(node, ast.Dict) and file.name == "labels.py":
            node.keys = []
    return tree


@cache
def _is_call(text: str) -> bool:
    step: Any = _client().v1
    for name in text.split("."):
        step = getattr(step, name, None) if name.isidentifier() and "." in text else None
    return inspect.ismethod(step)


@cache
def address_of(operation: str) -> Address:
    """Where Stripe's client library sends an operation to."""
    method: Any = _client().v1
    for name in operation.split("."):
        method = getattr(method, name)
    given = inspect.signature(method).parameters
    ids = [name for name, one in given.items() if name not in ("params", "options")]
    with pytest.raises(_Asked) as asked:
        method(*ids, **({"params": {}} if "params" in given else {}))
    found = find_operation(asked.value.method, asked.value.path)
    assert found is not None, operation
    return asked.value.method, found.path


class _Asked(Exception):
    def __init__(self, method: str, path: str) -> None:
        super().__init__(path)
        self.method, self.path = method, path


class _Probe(stripe.HTTPClient):
    """Sends nothing: tells where it would."""

    name = "probe"

    def request_with_retries(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        raise _Asked(method.upper(), urlsplit(url).path)

    def close(self) -> None:
        """There is nothing to let go of."""


@cache
def _client() -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_" + "sandbox0" * 3, http_client=_Probe())


# --- the whole run -------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Find the folder that all workers share."""
    shared = getattr(config, "workerinput", {}).get("stripe_calls")
    config.stash[KEY] = Path(shared or tempfile.mkdtemp(prefix="stripe-calls-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where to leave what it saw."""
    node.workerinput["stripe_calls"] = str(node.config.stash[KEY])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to everything that is sent from now on."""
    resources.load()
    of_the_run = Recorder()
    _recorders.insert(0, of_the_run)
    attempt = Transport._attempt

    def attempt_and_note(
        self: Transport, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Any:
        if _is_ours():
            for recorder in _recorders:
                recorder.note(method, url, body)
        return attempt(self, method, url, headers, body)

    Transport._attempt = attempt_and_note  # type: ignore[method-assign]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave what this process saw."""
    seen = [
        [*address, calls.count, sorted(calls.parameters), sorted(calls.faults)]
        for address, calls in _recorders[0].calls.items()
    ]
    name = getattr(session.config, "workerinput", {}).get("workerid", "main")
    folder = session.config.stash[KEY]
    # Whoever tidies up temporary files meanwhile must not fail the run.
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(seen))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was asked of Stripe."""
    folder = config.stash[KEY]
    merged: dict[Address, Calls] = {}
    for file in folder.glob("*.json"):
        for method, path, count, parameters, faults in json.loads(file.read_text()):
            seen = Calls(count, set(parameters), set(faults))
            merged.setdefault((method, path), Calls()).add(seen)
        file.unlink()
    folder.rmdir()
    if merged:
        terminalreporter.section("asked of Stripe")
        for line in report(merged):
            terminalreporter.write_line(line)


def report(calls: Mapping[Address, Calls]) -> Iterator[str]:
    """The operations that our code called: how often, and with which parameters."""
    names = {address_of(operation): operation for operation in sorted(named_operations())}
    known = {address: found for address, found in calls.items() if address in names}
    for address in sorted(known, key=lambda address: names[address]):
        found = known[address]
        yield f"{names[address]} x {found.count}: {' '.join(sorted(found.parameters)) or '-'}"
    total = sum(found.count for found in known.values())
    yield f"{total} requests of {len(known)} operations out of {len(names)} that the code names"
