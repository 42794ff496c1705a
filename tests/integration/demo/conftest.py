from dataclasses import replace
from pathlib import Path

import pytest

from billing.demo.customers import PROFESSIONAL, Customer, Stream
from tests.integration.demo.loading import coarse


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Where the demo's secrets go."""
    return tmp_path / "data" / "demo.env"


@pytest.fixture
def small_cast() -> tuple[Customer, ...]:
    """The Professional customer alone, with little to do."""
    streams = (Stream("GENERATE_REPORT", monthly=(5, 6, 7), so_far=4),)
    return (coarse(replace(PROFESSIONAL, streams=streams)),)
