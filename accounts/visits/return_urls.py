"""Where the portal may send people back to: the origins that the installation names."""

import re
from typing import ClassVar, Final
from urllib.parse import urlsplit

from django.conf import settings

from config.kernel.errors import DomainError

from ..models.portal_link import LONGEST_RETURN_URL

# After the host nothing but a port or the rest: no name before an @, and no backslash, which
# browsers read as a slash.
_URL: Final = re.compile(
    r"(https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)"
    r"(?:[/?#][A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]*)?",
    re.ASCII | re.IGNORECASE,
)


class ReturnUrlNotAllowed(DomainError):
    """People are sent back to the installation's own apps only."""

    code = "return_url_not_allowed"
    title = "People cannot be sent back there"
    status: ClassVar[int] = 400


def may_return_to(url: str) -> bool:
    """Whether the address is at one of the origins of `PORTAL_RETURN_URLS`, letter by letter."""
    match = _URL.fullmatch(url) if len(url) <= LONGEST_RETURN_URL else None
    return match is not None and match[1].lower() in settings.PORTAL_RETURN_URLS


def check_return_url(url: str) -> None:
    """Raise `ReturnUrlNotAllowed` unless people may be sent back there; nothing is nowhere."""
    if url and not may_return_to(url):
        raise ReturnUrlNotAllowed(
            "The return_url is at no origin that PORTAL_RETURN_URLS of this installation names."
        )


def host_of(url: str) -> str:
    """Return the host to show for an address that was allowed."""
    return urlsplit(url).netloc
