"""What is read at most once for each request."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.http import HttpRequest

Value = TypeVar("Value")


def once_per_request(read: Callable[[HttpRequest], Value]) -> Callable[[HttpRequest], Value]:
    """Remember the answer with the request: a page is put together by many who ask for it."""
    key = _key(read)

    @wraps(read)
    def remembered(request: HttpRequest) -> Value:
        if key not in request.META:
            request.META[key] = read(request)
        return cast(Value, request.META[key])

    return remembered


def remember(request: HttpRequest, read: Callable[[HttpRequest], Value], answer: Value) -> None:
    """Give the request what it was going to read, or a newer answer."""
    request.META[_key(read)] = answer


def _key(read: Callable[[HttpRequest], Value]) -> str:
    return f"{read.__module__}.{read.__qualname__}"
