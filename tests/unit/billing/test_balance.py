"""Which credits of a balance an invoice has used, and what is left of each."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.rating.balance import Entry, Lot, replay_balance

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def test_an_invoice_uses_the_credit_that_expires_first() -> None:
    lots = replay_balance(
        [Entry(2_900, "a"), Entry(1_000, "b"), Entry(-1_500, invoice="in_1")],
        expires={"a": JUNE, "b": MAY},
    )
    assert lots == {
        "a": Lot(given=2_900, used=500, left=2_400),
        "b": Lot(given=1_000, used=1_000, left=0),
    }


def test_one_that_never_expires_goes_last() -> None:
    lots = replay_balance(
        [Entry(500), Entry(500, "never"), Entry(500, "june"), Entry(-600)],
        expires={"never": None, "june": JUNE},
    )
    assert [lots[name].left for name in ("june", "", "never")] == [0, 400, 500]


def test_a_void_invoice_gives_back_what_it_used_where_it_took_it() -> None:
    entries = [Entry(500, "a"), Entry(500), Entry(-700, invoice="in_1")]
    lots = replay_balance([*entries, Entry(700, invoice="in_1")], expires={"a": MAY})
    assert {name: lot.left for name, lot in lots.items()} == {"a": 500, "": 500}
    assert {name: lot.used for name, lot in lots.items()} == {"a": 0, "": 0}


def test_what_the_customer_owes_is_paid_first() -> None:
    lots = replay_balance([Entry(-30), Entry(100, "a")], expires={"a": None})
    assert lots["a"] == Lot(given=100, used=30, left=70)


def test_taking_back_more_than_is_left_is_owed_until_it_is_given_again() -> None:
    entries = [Entry(100, "a"), Entry(-60, invoice="in_1"), Entry(-100, "a")]
    lots = replay_balance(entries, expires={"a": MAY})
    assert lots["a"] == Lot(given=100, used=60, taken_back=100, taken_too_much=60, left=0)
    lots = replay_balance([*entries, Entry(60, "a")], expires={"a": MAY})
    assert lots["a"] == Lot(given=100, used=60, taken_back=40, left=0)


ENTRIES = st.lists(
    st.builds(
        Entry,
        amount=st.integers(-500, 500),
        credit=st.sampled_from(["", "", "a", "b", "c"]),
        invoice=st.sampled_from(["", "in_1", "in_2"]),
    ),
    max_size=30,
)


@given(entries=ENTRIES, days=st.integers(-5, 5))
def test_what_is_left_adds_up_to_the_balance(entries: list[Entry], days: int) -> None:
    expires = {"a": MAY, "b": MAY + timedelta(days=days), "c": None}
    lots = replay_balance(entries, expires=expires)
    balance = sum(entry.amount for entry in entries)
    held = sum(lot.left - lot.taken_too_much for lot in lots.values())
    # Whatever else is missing is what the customer owes.
    assert held >= balance
    assert all(lot.left >= 0 <= lot.used and lot.taken_too_much >= 0 for lot in lots.values())
    for lot in lots.values():
        assert lot.given == lot.used + lot.left + lot.taken_back - lot.taken_too_much


@given(entries=ENTRIES)
def test_a_balance_in_credit_is_what_is_left(entries: list[Entry]) -> None:
    expires = {"a": MAY, "b": JUNE, "c": None}
    balance = 0
    for entry in entries:
        balance += entry.amount
        if balance < 0 or (entry.amount < 0 and entry.credit):
            return
    lots = replay_balance(entries, expires=expires)
    assert sum(lot.left for lot in lots.values()) == balance
