"""The sandbox answers with the keys that Stripe answers with."""

from __future__ import annotations

from .account import Account, in_the_sandbox
from .shapes import differences, merged, shape_of
from .tour import walk


def test_answers_have_the_same_keys(account: Account) -> None:
    """Run against Stripe this compares the two; else it proves that the walk can be made."""
    found = walk(account)
    with in_the_sandbox() as sandbox:
        known = walk(sandbox)

    said = [
        f"{operation}: {difference}"
        for operation in sorted(found.keys() | known.keys())
        for difference in differences(known.get(operation), found.get(operation))
    ]
    assert said == []
    assert len(found) == len(known) == 32


def test_difference_names_the_place_and_the_side() -> None:
    sandbox = {"id": None, "plan": {"old": None}, "lines": {"data": {"id": None}}, "card": None}
    stripe = {"id": None, "plan": {"new": None}, "lines": {"data": {"id": None}}, "card": {"x": 1}}

    assert list(differences(sandbox, stripe)) == [
        "only Stripe has plan.new",
        "only the sandbox has plan.old",
    ]


def test_members_of_a_list_are_taken_together_and_chosen_words_left_out() -> None:
    answer = {"data": [{"id": "a"}, {"id": "b", "name": "B"}], "metadata": {"any": "word"}}

    assert shape_of(answer) == {"data": {"id": None, "name": None}, "metadata": None}
    assert merged({"a": None}, {"a": {"b": None}}) == {"a": {"b": None}}
