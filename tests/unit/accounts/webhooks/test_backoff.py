"""Attempts are spread over three days, and an endpoint that answers nobody is left alone."""

from datetime import timedelta

import pytest

from accounts.webhooks.backoff import SPREAD, pause_after, rest_after


def test_ten_attempts_are_spread_over_three_days() -> None:
    pauses = [pause_after(attempts, spread=0) for attempts in range(1, 11)]
    assert pauses == [
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
        None,
    ]


def test_a_pause_is_lengthened_by_a_fifth_at_most() -> None:
    assert pause_after(2, spread=SPREAD) == timedelta(minutes=6)
    assert rest_after(1, spread=SPREAD) == timedelta(seconds=6)


@pytest.mark.parametrize(
    ("failures", "rest"),
    [
        (1, timedelta(seconds=5)),
        (2, timedelta(seconds=20)),
        (3, timedelta(seconds=80)),
        (4, timedelta(seconds=320)),
        (5, timedelta(minutes=15)),
        (6, timedelta(minutes=15)),
        (100_000, timedelta(minutes=15)),
    ],
)
def test_an_endpoint_rests_longer_with_every_failure(failures: int, rest: timedelta) -> None:
    assert rest_after(failures, spread=0) == rest
