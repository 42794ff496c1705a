"""Whoever registers an endpoint cannot have us speak to our own network."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from accounts.webhooks import addresses
from accounts.webhooks.addresses import UnsuitableUrl, check_url, find_address, read_url

PUBLIC = "93.184.216.34"
HOSTILE = """
https://127.0.0.1/
https://127.1/
https://127.0.1/
https://2130706433/
https://0x7f000001/
https://0x7f.1/
https://0177.0.0.1/
https://017700000001/
https://127.0.0.1./
https://localhost/
https://localhost./
https://LOCALHOST/
https://0.0.0.0/
https://0/
https://[::1]/
https://[::]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[::127.0.0.1]/
https://[64:ff9b::7f00:1]/
https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/
https://[2001:0:7f00:1::]/
https://[fe80::1]/
https://[fe80::1%25eth0]/
https://[fec0::1]/
https://[fc00::1]/
https://[ff02::1]/
https://[100::1]/
https://10.0.0.1/
https://172.16.0.1/
https://192.168.1.1/
https://169.254.169.254/latest/meta-data/
https://100.64.0.1/
https://100.100.100.200/
https://168.63.129.16/
https://192.0.0.192/
https://192.88.99.1/
https://198.18.0.1/
https://203.0.113.9/
https://224.0.0.1/
https://240.0.0.1/
https://255.255.255.255/
https://①②⑦.⓪.⓪.①/
https://127。0。0。1/
https://1②7.0.0.1/
https://ⓛocalhost/
https://user@93.184.216.34/
https://user:secret@93.184.216.34/
https://hooks.example.com@127.0.0.1/
https://hooks.example.com#@127.0.0.1/
https://hooks.example.com\\@127.0.0.1/
https://hooks.example.com%2f@127.0.0.1/
https://hooks.example.com:22/
https://hooks.example.com:25/
https://hooks.example.com:80/
https://hooks.example.com:0/
https://hooks.example.com:65536/
https://hooks.example.com:/
https://hooks.example.com./
https://hooks..example.com/
https://-hooks.example.com/
https://hooks_example.com/
https://%6c%6f%63%61%6c%68%6f%73%74/
https:///hooks
https:hooks.example.com
//hooks.example.com/
http://hooks.example.com/
ftp://hooks.example.com/
file:///etc/passwd
gopher://hooks.example.com/
javascript:alert(1)
hooks.example.com
https://hooks.example.com/ü
https://[hooks.example.com]/
https://[::1
""".split()


@pytest.fixture(autouse=True)
def _for_real(settings: Settings) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The names that there are, with their addresses; addresses are their own."""
    known = {
        "localhost": ["127.0.0.1", "::1"],
        "hooks.example.com": [PUBLIC],
        "xn--bcher-kva.example": [PUBLIC],
    }

    def answer(host: str, port: object, **options: object) -> list[tuple[Any, ...]]:
        if host not in known:
            try:
                socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
            except OSError as error:
                raise socket.gaierror(host) from error
        return [(0, 0, 0, "", (address, 0)) for address in known.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.mark.parametrize("url", [*HOSTILE, "", " ", "https://hooks.example.com/ x"])
def test_a_hostile_address_is_refused(hosts: dict[str, list[str]], url: str) -> None:
    with pytest.raises(UnsuitableUrl):
        check_url(url)


@pytest.mark.parametrize("blank", ["\n", "\r", "\t", "\0", "\u2028", "\u200b", "\ud800"])
@pytest.mark.parametrize("place", [0, 8, 12, 30])
def test_nothing_invisible_is_in_an_address(
    hosts: dict[str, list[str]], blank: str, place: int
) -> None:
    url = "https://hooks.example.com/hooks/in"
    with pytest.raises(UnsuitableUrl):
        check_url(url[:place] + blank + url[place:])


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/"),
        ("HTTPS://Hooks.Example.COM:443/In?a=b", "https://hooks.example.com/In?a=b"),
        ("https://hooks.example.com:8443/%20", "https://hooks.example.com:8443/%20"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://93.184.216.34/in", "https://93.184.216.34/in"),
        (
            "https://[2606:2800:0220:0001:248:1893:25c8:1946]:8443/",
            "https://[2606:2800:220:1:248:1893:25c8:1946]:8443/",
        ),
    ],
)
def test_a_public_address_is_stored_in_its_usual_spelling(
    hosts: dict[str, list[str]], url: str, stored: str
) -> None:
    assert check_url(url) == stored


@pytest.mark.parametrize("private", ["10.0.0.8", "::1", "fe80::1", "64:ff9b::a00:1"])
def test_one_private_address_among_public_ones_is_too_many(
    hosts: dict[str, list[str]], private: str
) -> None:
    hosts["hooks.example.com"] = [PUBLIC, private]
    with pytest.raises(UnsuitableUrl, match=r"hooks.example.com has no public address\."):
        check_url("https://hooks.example.com/")


def test_nobody_learns_which_names_our_own_network_has(hosts: dict[str, list[str]]) -> None:
    hosts["vault.example.com"] = ["10.0.0.8"]
    with pytest.raises(UnsuitableUrl) as inside:
        check_url("https://vault.example.com/")
    with pytest.raises(UnsuitableUrl) as unknown:
        check_url("https://other.example.com/")
    assert inside.value.detail == "vault.example.com has no public address."
    assert unknown.value.detail == "other.example.com has no public address."


def test_a_name_without_an_address_is_refused(hosts: dict[str, list[str]]) -> None:
    hosts["hooks.example.com"] = []
    with pytest.raises(UnsuitableUrl, match=r"hooks.example.com has no public address\."):
        check_url("https://hooks.example.com/")


def test_a_resolver_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[Callable[[], None]] = []

    class Never:
        def __init__(self, *, target: Callable[[], None], daemon: bool) -> None:
            answers.append(target)

        def start(self) -> None:
            pass

    monkeypatch.setattr(addresses, "Thread", Never)
    monkeypatch.setattr(addresses, "LOOKUP_SECONDS", 0)
    with pytest.raises(UnsuitableUrl, match="has no public address"):
        check_url("https://hooks.example.com/")
    assert len(answers) == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9099/hooks", "http://localhost/", "https://[::1]:8443/"]
)
def test_our_own_network_is_reached_where_the_settings_allow_it(
    hosts: dict[str, list[str]], settings: Settings, url: str
) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    assert check_url(url) == url


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "168.63.129.16", "0.0.0.1", "224.0.0.1", "[::ffff:127.0.0.1]"]
)
def test_what_is_nobodys_address_is_never_reached(
    hosts: dict[str, list[str]], settings: Settings, host: str
) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with pytest.raises(UnsuitableUrl):
        check_url(f"http://{host}/")


def test_the_address_that_was_checked_is_the_one_that_is_used(
    hosts: dict[str, list[str]],
) -> None:
    target = read_url("https://hooks.example.com:8443/in?x=1")
    assert find_address(target) == PUBLIC
    assert (target.host, target.port, target.path) == ("hooks.example.com", 8443, "/in?x=1")
    assert target.authority == "hooks.example.com:8443"
