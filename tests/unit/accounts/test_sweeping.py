from collections.abc import Iterator

import pytest

from accounts.organizations.sweeping import sweep


def test_each_organization_is_visited_in_turn() -> None:
    assert sweep([3, 1, 2], lambda organization_id: organization_id * 10, doing="visiting") == [
        30,
        10,
        20,
    ]


def test_nobody_to_visit_is_no_failure() -> None:
    assert sweep([], lambda organization_id: organization_id, doing="visiting") == []


def test_one_that_fails_does_not_hold_up_the_others() -> None:
    visited = []

    def visit(organization_id: int) -> None:
        visited.append(organization_id)
        if organization_id != 2:
            raise ValueError("out of order")

    with pytest.raises(ExceptionGroup, match="2 failed while visiting organizations") as failures:
        sweep([1, 2, 3], visit, doing="visiting")
    assert visited == [1, 2, 3]
    assert [failure.__notes__ for failure in failures.value.exceptions] == [
        ["while visiting organization 1"],
        ["while visiting organization 3"],
    ]


def test_what_a_visit_puts_off_can_come_last() -> None:
    put_off: list[int] = []

    def due() -> Iterator[int]:
        yield from (1, 2)
        yield from put_off

    def visit(organization_id: int) -> int:
        if organization_id == 1 and not put_off:
            put_off.append(organization_id)
        return organization_id

    assert sweep(due(), visit, doing="visiting") == [1, 2, 1]
