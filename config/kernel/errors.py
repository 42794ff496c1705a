"""Refusals that a caller can expect."""

from typing import Any, ClassVar


class DomainError(Exception):
    """
    A refusal the caller can expect: shown to people, never paged.

    `code` is stable and machine-readable, `status` is the HTTP status that an
    interface should answer with, and `extra` holds further facts for the caller
    (plain JSON values only).
    """

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"
    status: ClassVar[int] = 409

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class NotFound(DomainError):
    """The thing does not exist, or belongs to somebody else: the two are never told apart."""

    code = "not_found"
    title = "Not found"
    status = 404


class Invalid(DomainError):
    """A value that the domain cannot accept, whoever sends it."""

    code = "invalid"
    title = "The request is not valid"
    status = 400


class Forbidden(DomainError):
    """The caller is known, but may not do this."""

    code = "forbidden"
    title = "Not allowed"
    status = 403
