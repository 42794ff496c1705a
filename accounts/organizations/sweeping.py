"""One organization after the other, for work that the clock rings for."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def sweep(organization_ids: Iterable[int], visit: Callable[[int], T], *, doing: str) -> list[T]:
    """
    Visit each of these organizations, and return what the visits returned.

    A visit sees to its own transaction and lock. One that fails does not hold up the others: the
    failures are raised together at the end, each with a note of what was done where.
    """
    results = []
    failures = []
    for organization_id in organization_ids:
        try:
            results.append(visit(organization_id))
        except Exception as failure:
            failure.add_note(f"while {doing} organization {organization_id}")
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} failed while {doing} organizations", failures)
    return results
