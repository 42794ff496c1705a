import pytest

from accounts.organizations.localities import check_currency, check_time_zone
from config.kernel.errors import Invalid


@pytest.mark.parametrize("code", ["USD", "EUR", "GBP", "JPY", "KWD", "CHF", "INR", "BRL"])
def test_a_currency_in_use_is_accepted(code: str) -> None:
    check_currency(code)


@pytest.mark.parametrize("code", ["", "usd", "US", "USDT", "DEM", "XXX", "XTS", "XAU", "ABC"])
def test_any_other_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid, match=r"ISO 4217"):
        check_currency(code)


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"])
def test_a_zone_of_the_tz_database_is_accepted(name: str) -> None:
    check_time_zone(name)


@pytest.mark.parametrize("name", ["", "Berlin", "europe/berlin", "+02:00", "../../etc/passwd"])
def test_any_other_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match=r"tz database"):
        check_time_zone(name)
