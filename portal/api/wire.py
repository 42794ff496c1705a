"""How the framework reads and writes bodies: as the rest of the API does."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from .documents import parse_document, read_body


class JSONRenderer(BaseRenderer):
    """Writes what views return; quantities are text by then, instants become RFC 3339."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        # None is an answer without a body, as after a DELETE; no resource answers `null`.
        return b"" if data is None else msgspec.json.encode(data)


class StrictJSONParser(BaseParser):
    """Reads bodies with the one parser of the API."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return parse_document(read_body(stream))


class ForgivingNegotiation(DefaultContentNegotiation):
    """Answers JSON to those who did not ask for it, rather than 406."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        offered = list(renderers)
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(
                request, offered, format_suffix
            )
        except NotAcceptable:
            return offered[0], str(offered[0].media_type)
        return chosen
