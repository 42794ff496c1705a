"""What holds for an operation of the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.choices import Scope

Body = Callable[[Mapping[str, str]], Any]
Query = str | Callable[[Mapping[str, str]], str]
OK, CREATED, GONE, NOT_FOUND = 200, 201, 204, 404


@dataclass(frozen=True)
class Policy:
    """
    What holds for one operation.

    `scope` is what a caller needs; None leaves it open to everybody. `body` is what is sent about
    the ids that are given, `query` what is asked. Who may is answered with `success`.
    `names_organization` says whether a request can name an organization, in its body if it has
    one, else in its query.
    """

    scope: Scope | None
    body: Body | None = None
    success: int = OK
    query: Query = ""
    names_organization: bool = True
    is_for_platform_only: bool = False
    # It gets no further than this before it looks at what it is about: Stripe is not connected.
    goes_no_further: bool = False
    # What is answered about what is somebody else's, and about what is not there.
    not_theirs: int = NOT_FOUND
    # What a platform key gets that names no organization.
    unnamed: int = 400
    # What a platform key gets for what is an organization's own; as others do unless given.
    of_the_platform: int | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    def asked(self, ids: Mapping[str, str]) -> str:
        """The query about these ids."""
        return self.query(ids) if callable(self.query) else self.query


def reads(scope: Scope, query: Query = "", **facts: Any) -> Policy:
    """Something to read."""
    return Policy(scope, query=query, **facts)


def does(scope: Scope, document: Mapping[str, Any] | Body, **facts: Any) -> Policy:
    """Something to do, with this document."""
    body = document if callable(document) else lambda _ids: dict(document)
    return Policy(scope, body=body, **facts)


# The organization is named by other means than a parameter of that name.
ELSEWHERE: Final[dict[str, Any]] = {"names_organization": False}
PLATFORM: Final[dict[str, Any]] = {"is_for_platform_only": True, **ELSEWHERE}
