"""Which kinds of events there are is said by those who announce them."""

import pytest

from accounts.webhooks import types
from accounts.webhooks.types import declare, declared, is_on_request


@pytest.fixture(autouse=True)
def _undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "_declared", dict(types._declared))
    monkeypatch.setattr(types, "_on_request", set(types._on_request))


def test_a_declared_type_is_known_with_its_description() -> None:
    declare({"door.opened": "A door was opened."})
    assert declared()["door.opened"] == "A door was opened."
    assert not is_on_request("door.opened")


def test_types_come_in_the_order_of_their_names() -> None:
    assert list(declared()) == sorted(declared())
    assert "webhook.test" in declared()


def test_some_are_told_on_request_only() -> None:
    declare({"door.opened": "A door was opened."}, on_request=["door.opened"])
    assert is_on_request("door.opened")


@pytest.mark.parametrize("type_", ["", "opened", "Door.opened", "door.opened2", "door. opened"])
def test_a_type_is_a_noun_and_what_became_of_it(type_: str) -> None:
    with pytest.raises(AssertionError):
        declare({type_: "A door was opened."})


def test_a_type_on_request_is_one_of_the_declared() -> None:
    with pytest.raises(AssertionError):
        declare({"door.opened": "A door was opened."}, on_request=["door.closed"])
