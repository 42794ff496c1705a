"""The way in: `Tallybook()`."""

import copy
import os
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from ._core.client import AuthenticatedClient
from .connection import Connection, credentials
from .costs import Allowed, Balances, Estimates, issue_embed_token
from .entitlements import Entitlements
from .flags import Flags
from .holds import Hold, HoldOrder
from .usage import Usage


class Tallybook:
    """
    An installation of Tallybook, asked with one key.

    What is not given is read from the environment: `TALLYBOOK_URL`, and `TALLYBOOK_API_KEY` or
    `TALLYBOOK_CLIENT_ID` and `TALLYBOOK_CLIENT_SECRET`. With a platform key, `organization` says
    whom calls are about, by its id or by yours for it. Threads may share a client.
    """

    usage: Usage
    entitlements: Entitlements
    flags: Flags
    estimates: Estimates
    balances: Balances

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        organization: str | None = None,
        timeout: float = 10.0,
        retries: int = 2,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Raises `ValueError` without an address, or without exactly one kind of credentials."""
        address = url or os.environ.get("TALLYBOOK_URL")
        if not address:
            raise ValueError("Say where Tallybook is: Tallybook(url=...) or TALLYBOOK_URL.")
        if not (key or client_id or client_secret):
            key = os.environ.get("TALLYBOOK_API_KEY")
            client_id = os.environ.get("TALLYBOOK_CLIENT_ID")
            client_secret = os.environ.get("TALLYBOOK_CLIENT_SECRET")
        self._connection = Connection(
            address,
            auth=credentials(address, key=key, client_id=client_id, client_secret=client_secret),
            timeout=timeout,
            retries=retries,
            transport=transport,
        )
        self._speak_of(organization)

    def for_organization(self, organization: str) -> Self:
        """The same client, over the same connections, speaking of this organization."""
        client = copy.copy(self)
        client._speak_of(organization)
        return client

    def _speak_of(self, organization: str | None) -> None:
        self.organization = organization
        self.usage = Usage(self._connection, organization)
        self.entitlements = Entitlements(self._connection, organization)
        self.flags = Flags(self._connection, organization)
        self.estimates = Estimates(self._connection, organization)
        self.balances = Balances(self._connection, organization)

    def hold(self, **order: Unpack[HoldOrder]) -> Hold:
        """
        Credits to set aside while something happens; see `Hold`.

        `with client.hold(action="SUMMARIZE", quantity=3) as hold: ...`
        """
        return Hold(self._connection, self.organization, order)

    def embed_token(
        self, *, allow: Sequence[Allowed], origins: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """
        A token for a page in a browser, `{token, expires_at}`: it reads what is allowed about this
        organization, for 15 minutes, on pages of these origins, or of any.

        Give it to pages of people of the organization; allow `amounts` to those who may see the
        bill.
        """
        return issue_embed_token(self._connection, self.organization, allow=allow, origins=origins)

    @property
    def url(self) -> str:
        """Where the installation is."""
        return self._connection.url

    @property
    def core(self) -> AuthenticatedClient:
        """For the generated operations in `tallybook._core.api`: everything else there is."""
        return self._connection.core

    def close(self) -> None:
        """Close the connections, those of `for_organization` as well."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
