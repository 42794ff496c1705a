"""Refusals of the domain, shown to the person who asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest

from config.kernel.errors import DomainError, NotFound


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """Say a refusal at the top of the next page; what is not found is a page that is not found."""
    try:
        yield
    except NotFound as missing:
        raise Http404(missing.detail) from missing
    except DomainError as refusal:
        messages.error(request, refusal.detail)


@contextmanager
def refusals_on_form(form: Form) -> Iterator[None]:
    """Say a refusal at the top of the form that caused it."""
    try:
        yield
    except NotFound as missing:
        raise Http404(missing.detail) from missing
    except DomainError as refusal:
        form.add_error(None, refusal.detail)
