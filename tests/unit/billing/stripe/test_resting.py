"""What fails for weeks is still tried again at the same pace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.stripe.resting import rest_after

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 2), (5, 32), (6, 60), (42, 60), (100_000, 60)]
)
def test_each_rest_is_twice_as_long_up_to_the_longest(attempts: int, minutes: int) -> None:
    assert rest_after(attempts, longest=HOUR) == timedelta(minutes=minutes)
