"""What endpoints answer is read with care."""

from datetime import timedelta

import pytest

from accounts.webhooks.answers import Answer, read_excerpt, read_retry_after
from tests.factories.accounts import NOON


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_two_hundred_and_something_is_success(status: int) -> None:
    assert Answer(status_code=status).is_success


@pytest.mark.parametrize("status", [101, 199, 300, 301, 304, 307, 400, 404, 410, 429, 500, 999])
def test_nothing_else_is_success(status: int) -> None:
    assert not Answer(status_code=status).is_success
    assert not Answer.failed("The connection was refused.").is_success


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("86401", timedelta(hours=24)),
        ("9" * 400, timedelta(hours=24)),
        ("Tue, 10 Mar 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Tue, 10 Mar 2026 13:01:00 +0100", timedelta(minutes=1)),
        ("Tue, 10 Mar 2026 12:01:00 -0000", timedelta(minutes=1)),
        ("Tue, 10 Mar 2020 12:01:00 GMT", timedelta(0)),
        ("Tue, 10 Mar 2036 12:01:00 GMT", timedelta(hours=24)),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_may_ask_for_time_up_to_a_day(
    value: str, pause: timedelta, status: int
) -> None:
    assert read_retry_after(value, status=status, at=NOON) == pause


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "soon", "-5", "1.5", "٣", "1e3", "Tue, 99 Mar 2026 12:01:00 GMT"),
        "Tue, 10 Mar 99999999999999999999 12:01:00 GMT",
        "Tue, 10 Mar 2026 99999999999999999999:01:00 GMT",
        "Tue, 10 Mar 2026 12:01:00 +99999999999999999999999",
    ],
)
def test_what_is_no_clear_wish_is_none(value: str | None) -> None:
    assert read_retry_after(value, status=429, at=NOON) is None


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_other_answers_do_not_ask_for_time(status: int) -> None:
    assert read_retry_after("120", status=status, at=NOON) is None


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        (b"", ""),
        (b"ok\n", "ok\n"),
        (b"a\x00b\x1b[31mc\r\n\td\x7f", "ab[31mc\n\td"),
        ("über \u202eabc\u200b".encode(), "über abc"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"x" * 5000, "x" * 1024),
        ("ü".encode() * 600, "ü" * 512),
    ],
)
def test_a_little_of_an_answer_is_kept_as_text(body: bytes, excerpt: str) -> None:
    assert read_excerpt(body) == excerpt


def test_a_reason_is_short() -> None:
    assert Answer.failed("x" * 500).error == "x" * 200
