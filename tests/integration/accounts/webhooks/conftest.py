from collections.abc import Iterator

import pytest

from accounts import tasks
from accounts.models import Organization
from tests.factories.accounts import make_organization
from tests.support.receiver import Receiver, receiver


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    """Acme's receiver."""
    with receiver() as listening:
        yield listening


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The endpoints that were rung for; nobody opens, so a test says itself when to deliver."""
    rung: list[int] = []

    def note(*, endpoint_id: int) -> None:
        rung.append(endpoint_id)

    monkeypatch.setattr(tasks.deliver_webhooks, "delay", note)
    return rung


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization("Acme", external_id="customer-1")


@pytest.fixture
def globex(db: None) -> Organization:
    return make_organization("Globex")
