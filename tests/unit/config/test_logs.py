"""What a log line may not say."""

import logging

import pytest
from django.test import RequestFactory
from structlog.stdlib import ProcessorFormatter

from config.logs import configure

TOKEN = "Zm9v-YmFy_YmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6"


@pytest.fixture
def formatter() -> ProcessorFormatter:
    """What every line of the web process passes through."""
    structured = dict(configure(process="web", level="INFO")["formatters"]["structured"])
    made = structured.pop("()")(**structured)
    assert isinstance(made, ProcessorFormatter)
    return made


@pytest.mark.parametrize(
    "address",
    [
        f"/invitations/{TOKEN}/",
        f"/invitations/{TOKEN}/accept/",
        f"/account/password/reset/key/1-{TOKEN}/",
        f"/account/login/?next=/invitations/{TOKEN}/",
        f"/account/signup/?next=%2Finvitations%2F{TOKEN}%2F",
    ],
)
def test_the_secret_of_a_link_is_not_in_a_line(formatter: ProcessorFormatter, address: str) -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "At %s", (address,), None)
    record.request = RequestFactory().get(address)
    line = formatter.format(record)
    assert TOKEN not in line
    assert line.count("***") == 2


def test_other_addresses_stand_as_they_are(formatter: ProcessorFormatter) -> None:
    record = logging.LogRecord("portal", logging.INFO, "", 0, "At /usage/?before=17", (), None)
    assert "At /usage/?before=17" in formatter.format(record)
