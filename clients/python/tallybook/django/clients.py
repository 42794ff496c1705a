"""Which client a request is answered with."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from ..client import Tallybook


@cache
def _client_of_environment() -> Tallybook:
    return Tallybook()


def client_of_environment(request: HttpRequest) -> Tallybook:
    """The client that the environment describes, whoever asks."""
    return _client_of_environment()


def client_of(request: HttpRequest) -> Tallybook:
    """
    The client of the organization that asks: what the setting `TALLYBOOK_CLIENT` names returns,
    a dotted path to a function of the request; without it, the environment's.
    """
    named: Any = getattr(settings, "TALLYBOOK_CLIENT", None)
    if named is None:
        return client_of_environment(request)
    find: Callable[[HttpRequest], Tallybook] = import_string(named)
    return find(request)
