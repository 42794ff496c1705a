"""What people read while Tallybook does not answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tallybook import Unreachable


class SayThatTallybookIsAway:
    """Nothing was done and nothing is counted, so the same can be tried again later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if not isinstance(failure, Unreachable):
            return None
        return HttpResponse(
            "Tallybook does not answer. Is `make demo` running? Try again in a moment.",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
