"""The time of organizations that are rehearsed."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from accounts.organizations.clock import clocks, list_rehearsed, set_clock_ahead, time_of
from tests.factories.accounts import make_organization

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
A_MONTH = timedelta(days=30)

pytestmark = pytest.mark.django_db


def test_an_organization_lives_as_far_ahead_as_its_test_clock(settings: Settings) -> None:
    settings.TEST_CLOCKS = True
    rehearsed, real = make_organization(), make_organization()

    set_clock_ahead(organization_id=rehearsed.pk, ahead=A_MONTH)

    assert time_of(organization_id=rehearsed.pk, now=NOW) == NOW + A_MONTH
    assert time_of(organization_id=real.pk, now=NOW) == NOW
    assert list_rehearsed() == {rehearsed.pk: A_MONTH}


def test_a_clock_never_goes_back(settings: Settings) -> None:
    settings.TEST_CLOCKS = True
    rehearsed = make_organization()
    set_clock_ahead(organization_id=rehearsed.pk, ahead=A_MONTH)

    set_clock_ahead(organization_id=rehearsed.pk, ahead=timedelta(days=1))

    assert time_of(organization_id=rehearsed.pk, now=NOW) == NOW + A_MONTH


def test_where_money_is_real_time_is_real(settings: Settings) -> None:
    settings.TEST_CLOCKS = False
    rehearsed = make_organization()
    set_clock_ahead(organization_id=rehearsed.pk, ahead=A_MONTH)

    assert time_of(organization_id=rehearsed.pk, now=NOW) == NOW


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    clocks.forget()
