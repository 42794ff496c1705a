"""
Where a post comes from, and for whom a request is meant. A browser tells the one with every form,
and the other with every request; what is no browser tells of the first nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
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


def is_meant(host: str, *, url: str) -> bool:
    """
    Whether a request with this Host header is for the server at this address.

    A page elsewhere can have its own name lead to this machine, and then talk to what it takes
    for its own server; but the browser still says that name. Numbers and localhost are no such
    names.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in {"", "localhost", urlsplit(url).hostname} or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
