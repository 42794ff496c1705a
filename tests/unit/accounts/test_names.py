import pytest

from accounts.addresses import clean_address
from accounts.names import clean_name
from config.kernel.errors import Invalid


def test_a_name_is_composed_and_stripped() -> None:
    assert clean_name("  Cafe\u0301  ", what="The name", longest=120) == "Caf\u00e9"


def test_other_scripts_and_emoji_are_names() -> None:
    for name in ("株式会社", "شركة", "👩\u200d🚀 Ltd"):
        assert clean_name(name, what="The name", longest=120) == name


@pytest.mark.parametrize("name", ["", "   ", "\u00a0"])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match=r"The name must not be empty\."):
        clean_name(name, what="The name", longest=120)


def test_an_empty_name_may_be_allowed() -> None:
    assert clean_name(" ", what="The name", longest=120, may_be_empty=True) == ""


def test_a_name_may_be_as_long_as_the_column_and_no_longer() -> None:
    assert clean_name("x" * 120, what="The name", longest=120) == "x" * 120
    with pytest.raises(Invalid, match=r"at most 120 characters"):
        clean_name("x" * 121, what="The name", longest=120)


@pytest.mark.parametrize("character", ["\x00", "\n", "\x1b", "\x7f", "\u2028", "\u202e", "\ud800"])
def test_characters_that_only_mislead_are_refused(character: str) -> None:
    with pytest.raises(Invalid, match=r"must not contain control characters"):
        clean_name(f"Acme{character}Inc", what="The name", longest=120)


def test_an_address_is_stored_in_lower_case() -> None:
    assert clean_address(" Alice@Acme.Example ") == "alice@acme.example"


@pytest.mark.parametrize("text", ["", "alice", "alice@", "a\n@acme.example", "@acme.example"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"not an e-mail address"):
        clean_address(text)
