"""What Stripe answers when it does not do what was asked."""

from __future__ import annotations

from typing import Any


class StripeError(Exception):
    """An answer of 4xx or 5xx in Stripe's own form.

    Whatever the call had changed is undone, unless ``effect_kept`` says that Stripe keeps it, as
    it keeps the failed attempt of a declined payment.
    """

    def __init__(
        self,
        status: int,
        type: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        effect_kept: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.effect_kept = effect_kept
        told = {"type": type, "message": message, "code": code, "param": param, **more}
        self.error = {name: value for name, value in told.items() if value is not None}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """The request was wrong: 400."""
    return StripeError(400, "invalid_request_error", message, param=param, code=code)


def missing(kind: str, id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """There is no such object: 404 when the address names it, 400 when a parameter does."""
    noun = kind.rpartition(".")[2].replace("_", " ")
    return StripeError(
        status,
        "invalid_request_error",
        f"No such {noun}: '{id}'",
        code="resource_missing",
        param=param,
    )


def card_error(
    message: str, *, code: str, decline_code: str | None = None, **more: Any
) -> StripeError:
    """The card was refused: 402. What the attempt left behind is kept."""
    return StripeError(
        402, "card_error", message, code=code, decline_code=decline_code, effect_kept=True, **more
    )


class Violation(Exception):
    """The sandbox itself was about to say something that Stripe's description does not allow."""
