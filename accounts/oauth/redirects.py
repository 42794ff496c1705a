"""Where a sign-in app may have people sent back to."""

from collections.abc import Collection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

MOST_REDIRECTS: Final = 10
LONGEST_REDIRECT: Final = 500
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def clean_redirect_uris(uris: Collection[str], *, is_public: bool) -> list[str]:
    """
    Return the addresses, each once.

    They are compared letter by letter later, so none has a wildcard. Raises `Invalid` for none or
    too many, and for one that is neither https, nor on the same machine, nor, for a public app,
    of a scheme of its own such as `com.example.app:/signed-in`.
    """
    cleaned = list(dict.fromkeys(uri.strip() for uri in uris if uri.strip()))
    if not 1 <= len(cleaned) <= MOST_REDIRECTS:
        raise Invalid(_("Name 1 to %(most)s redirect URIs.") % {"most": MOST_REDIRECTS})
    for uri in cleaned:
        _check(uri, is_public=is_public)
    return cleaned


def origin_of(uri: str) -> str:
    """Return the scheme and host of an address, or the scheme alone where there is no host."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def _check(uri: str, *, is_public: bool) -> None:
    if len(uri) > LONGEST_REDIRECT or not uri.isascii() or not uri.isprintable() or " " in uri:
        raise Invalid(
            _("%(uri)s is not an address of at most %(longest)s characters.")
            % {"uri": uri[:80], "longest": LONGEST_REDIRECT}
        )
    try:
        parts = urlsplit(uri)
        is_good = _is_good(parts, is_public=is_public)
    except ValueError as error:
        raise Invalid(_("%(uri)s is not an address.") % {"uri": uri[:80]}) from error
    if not is_good or "*" in uri or "#" in uri or parts.username is not None:
        raise Invalid(
            _(
                "%(uri)s must be an https address without wildcard, fragment or name, or one on "
                "the same machine, or of a public app's own scheme."
            )
            % {"uri": uri[:80]}
        )


def _is_good(parts: SplitResult, *, is_public: bool) -> bool:
    is_port_readable = parts.port is None or parts.port > 0
    if parts.scheme == "https":
        return bool(parts.hostname) and is_port_readable
    if parts.scheme == "http":
        return parts.hostname in LOOPBACK and is_port_readable
    # A dot, as in a domain turned round: nobody else's, and never `javascript:` or `data:`.
    return is_public and "." in parts.scheme and bool(parts.path or parts.netloc)
