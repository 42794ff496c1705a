from accounts.audit.operations import differences


def test_only_what_changed_is_kept_with_both_values() -> None:
    before = {"name": "Acme", "time_zone": "UTC"}
    after = {"name": "Acme", "time_zone": "Europe/Berlin"}
    assert differences(before, after) == {"time_zone": ["UTC", "Europe/Berlin"]}


def test_no_change_is_nothing() -> None:
    assert differences({"name": "Acme"}, {"name": "Acme"}) == {}
