"""Where payment pages may send people back to."""

import re
from typing import Final

from django.conf import settings

from .fields import InvalidField

LONGEST_URL: Final = 2_000

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Braces are no part of an address, but of the placeholder that Stripe fills in.
_REST: Final = r"[/?#](?:[A-Za-z0-9._~:/?#@!$&'()*+,;={}-]|%[0-9A-Fa-f]{2})*"
_URL: Final = re.compile(rf"(https?)://{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?(?:{_REST})?")


def parse_return_url(value: str) -> str:
    """An https address without a user in it, or one of this installation's own pages."""
    match = _URL.fullmatch(value) if len(value) <= LONGEST_URL else None
    if match is None or not (match[1] == "https" or _is_own(value)):
        raise InvalidField(
            "invalid_url",
            f"An address to return to is an https URL of at most {LONGEST_URL:,} characters.",
        )
    return value


def _is_own(url: str) -> bool:
    own = str(settings.PUBLIC_URL)
    return url == own or url.startswith(f"{own}/")
