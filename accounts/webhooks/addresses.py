"""
Where webhooks may be sent: to public addresses, and to none of our own network.

Whoever registers an endpoint has our machine open a connection for them. A URL is therefore
read strictly, its host looked up once, every address that comes back is held against the lists
below, and the connection is made to the very address that was checked.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

LONGEST_URL: Final = 2048
LOOKUP_SECONDS: Final = 5
_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80
_FIRST_FREE_PORT: Final = 1024
_LAST_PORT: Final = 65535
_LONGEST_HOST: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PLAIN: Final = re.compile(r"[!-~]*")

# Networks of a machine or a company itself: reached where the settings allow it.
_PRIVATE: Final = [
    ip_network(network)
    for network in "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7".split()
]
# Addresses that are no receiver's anywhere: of metadata services, shared by carriers, reserved,
# for documentation and benchmarks, of many at once, or with another address inside.
_NOBODYS: Final = [
    ip_network(network)
    for network in (
        "0.0.0.0/8 100.64.0.0/10 168.63.129.16/32 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24"
        " 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
        " 2001::/23 2001:db8::/32 2002::/16 3fff::/20"
    ).split()
]
_GLOBAL_IPV6: Final = ip_network("2000::/3")


class UnsuitableUrl(Invalid):
    """Webhooks are not sent to this address."""

    code = "unsuitable_url"
    title = "The address cannot be used"


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was read, in the one spelling that leaves nothing to interpret."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """Host and port as they stand in the URL and in the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _HTTPS_PORT if self.is_secure else _HTTP_PORT
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL as it is stored."""
        return f"{self.scheme}://{self.authority}{self.path}"


def read_url(url: str) -> Target:
    """Return what a URL names. Raises `UnsuitableUrl` for one that webhooks are not sent to."""
    if not url or len(url) > LONGEST_URL:
        raise UnsuitableUrl(
            _("An address has between 1 and %(longest)s characters.") % {"longest": LONGEST_URL}
        )
    if any(character in url for character in '\\#"<>^`{|}') or _has_blank(url):
        raise UnsuitableUrl(_("The address contains characters that do not belong in one."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnsuitableUrl(_("This is not an address.")) from error
    if parts.scheme != "https" and not (settings.WEBHOOK_ALLOW_PRIVATE and parts.scheme == "http"):
        raise UnsuitableUrl(_("The address must start with https://."))
    if "@" in parts.netloc:
        raise UnsuitableUrl(_("The address must not contain a user name or a password."))
    if not parts.hostname or parts.netloc.endswith(":"):
        raise UnsuitableUrl(_("The address names no host."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _PLAIN.fullmatch(path):
        raise UnsuitableUrl(_("Characters other than ASCII must be percent-encoded."))
    return Target(
        scheme=parts.scheme,
        host=_read_host(parts.hostname),
        port=_read_port(port, scheme=parts.scheme),
        path=path,
    )


def check_url(url: str) -> str:
    """
    Return the URL as it is stored, after its host was looked up: not for use in a transaction.

    Raises `UnsuitableUrl`, also for a host that is not there or not public.
    """
    target = read_url(url)
    find_address(target)
    return target.url


def find_address(target: Target) -> str:
    """
    Look the host up, once, and return the address to connect to.

    Raises `UnsuitableUrl` if there is none, or if any of its addresses is one that we do not
    send to.
    """
    addresses = look_up(target.host)
    if not addresses or not all(may_be_sent_to(address) for address in addresses):
        # The same words for both: nobody learns so which names our own network has.
        raise UnsuitableUrl(_("%(host)s has no public address.") % {"host": target.host})
    return addresses[0]


def may_be_sent_to(address: str) -> bool:
    """Whether webhooks may be sent to this IP address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if any(parsed in network for network in _PRIVATE):
        return bool(settings.WEBHOOK_ALLOW_PRIVATE)
    if isinstance(parsed, IPv6Address) and parsed not in _GLOBAL_IPV6:
        return False
    return not any(parsed in network for network in _NOBODYS)


def look_up(host: str) -> list[str]:
    """Return the addresses of a host, in the order to try them; none if nobody says in time."""
    answers: SimpleQueue[list[str]] = SimpleQueue()
    # The system's resolver takes its time and cannot be interrupted, only be left behind.
    Thread(target=lambda: answers.put(_ask_resolver(host)), daemon=True).start()
    try:
        return answers.get(timeout=LOOKUP_SECONDS)
    except Empty:
        return []


def _ask_resolver(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(row[-1][0]) for row in found]


def _has_blank(url: str) -> bool:
    return any(character.isspace() or not character.isprintable() for character in url)


def _read_port(port: int | None, *, scheme: str) -> int:
    usual = _HTTPS_PORT if scheme == "https" else _HTTP_PORT
    chosen = usual if port is None else port
    if chosen != usual and not _FIRST_FREE_PORT <= chosen <= _LAST_PORT:
        raise UnsuitableUrl(
            _("The port must be %(usual)s, or %(first)s or above.")
            % {"usual": usual, "first": _FIRST_FREE_PORT}
        )
    return chosen


def _read_host(name: str) -> str:
    """The host in lower case ASCII: an address in its usual spelling, or a name."""
    try:
        if ":" in name:
            return str(IPv6Address(name))
        host = name.encode("idna").decode().lower()
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError as error:
        raise UnsuitableUrl(_("%(name)s is not a host.") % {"name": name}) from error
    if len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(part) for part in host.split(".")):
        raise UnsuitableUrl(_("%(name)s is not a host.") % {"name": name})
    return host
