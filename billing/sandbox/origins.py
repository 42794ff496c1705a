"""Where a post comes from. A browser tells it with every form; what is no browser tells nothing."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of another site sent this."""
    site, sender = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in {None, "same-origin", "none"}:
        return True
    return sender is not None and urlsplit(sender).netloc != headers.get("host")


def is_own(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of this very server sent this."""
    tells = "origin" in headers or headers.get("sec-fetch-site") == "same-origin"
    return tells and not is_foreign(headers)
