"""Sentences in the language of the one who reads them. Everything else of the API is English."""

import re
from contextlib import AbstractContextManager
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from drf_spectacular.utils import OpenApiParameter

from .fields import InvalidField
from .parameters import read_given_parameter

LANGUAGE: Final = OpenApiParameter(
    "language",
    str,
    description=(
        "Of the sentences: a language tag such as `de` or `de-AT`. English unless given, and for "
        "languages that are not spoken here."
    ),
)

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


def parse_language(value: str) -> str:
    """The language tag of a reader, as the nearest language that is spoken here."""
    if _TAG.fullmatch(value) is None:
        raise InvalidField("invalid_language", "A language is a tag such as `de` or `de-AT`.")
    try:
        return translation.get_supported_language_variant(value.lower())
    except LookupError:
        return str(settings.LANGUAGE_CODE)


def spoken_as_asked(request: HttpRequest) -> AbstractContextManager[None]:
    """Speak the language that the query asks for. Raises `InvalidRequest`."""
    asked = read_given_parameter(parse_language, request, "language")
    return translation.override(asked or settings.LANGUAGE_CODE)
