"""Structured logs: one JSON object a line; for a person at a terminal, plain lines."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from config.env import Process

ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Links from mails open what they name, also where one is quoted as `next`.
SECRET_IN_ADDRESS = re.compile(
    r"((?:/|%2F)(?:invitations|portal-links|reset/key)(?:/|%2F))[\w-]+", re.I
)


class RequestIdMiddleware:
    """Give every request an id: in each of its log lines, and in the answer as ``X-Request-ID``.

    A caller's own id is kept when it is short and plain, so that it can be found in both logs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not ACCEPTED_REQUEST_ID.fullmatch(request_id):
            request_id = uuid.uuid4().hex
            request.META["HTTP_X_REQUEST_ID"] = request_id
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


def without_secrets(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Take the secrets of links out of the addresses in a log line."""
    request = event.get("request")
    if isinstance(request, HttpRequest):
        # Django hands its lines the request itself.
        event["request"] = f"{request.method} {request.get_full_path()}"
    return {
        name: SECRET_IN_ADDRESS.sub(r"\1***", value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def configure(*, process: Process, level: str) -> dict[str, Any]:
    """Set structlog up; return the ``LOGGING`` that makes the libraries' lines look like ours."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        without_secrets,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Without the values of variables: a key or a password could be among them.
    plain_traceback = structlog.dev.plain_traceback
    traceback_as_data = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    renderer: list[Any] = (
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain_traceback)]
        if process == "command"
        else [
            structlog.processors.ExceptionRenderer(traceback_as_data),
            structlog.processors.JSONRenderer(),
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderer,
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "WARNING" if process == "command" else level},
        "loggers": {
            # request_finished says the same, with the request's id.
            "django.server": {"level": "ERROR"},
            "django.request": {"level": "ERROR"},
            # The same for tasks: task_started and task_succeeded.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
