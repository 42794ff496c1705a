"""What actions would take, what is left, and letting pages in browsers ask that themselves."""

from collections.abc import Sequence
from typing import Any, Literal

from ._core.api.balances import list_balances
from ._core.api.embed import create_embed_token
from ._core.api.usage import get_estimate
from ._core.models import Balance, BalancePage, EmbedToken, EmbedTokenOrder, Estimate
from ._core.types import UNSET
from .connection import Connection
from .errors import NotFound
from .wire import Quantity, wire_of

Allowed = Literal["estimates", "usage", "amounts"]
_LARGEST_PAGE = 100


class Estimates:
    """`client.estimates`"""

    def __init__(self, connection: Connection, organization: str | None) -> None:
        self._connection = connection
        self._organization = organization or UNSET

    def get(
        self, action: str, *, quantity: Quantity | None = None, language: str | None = None
    ) -> Estimate:
        """
        What an action would take now, once unless a quantity is given: `sentence` and `shortage`
        in this language, English unless given, and numbers.

        Raises `NotFound` for an action, or its feature, that the organization does not have.
        """
        given = wire_of({"quantity": quantity, "language": language})
        return self._connection.call(
            get_estimate.sync,
            Estimate,
            action=action,
            organization=self._organization,
            **{name: str(value) for name, value in given.items()},
        )


class Balances:
    """`client.balances`"""

    def __init__(self, connection: Connection, organization: str | None) -> None:
        self._connection = connection
        self._organization = organization or UNSET

    def get(self, feature: str, *, language: str | None = None) -> Balance:
        """
        What was used of a metered feature and is left: `sentence` in this language, English unless
        given, and numbers.

        Raises `NotFound` for a feature that the plan does not have.
        """
        page = self._connection.call(
            list_balances.sync,
            BalancePage,
            organization=self._organization,
            language=language or UNSET,
            page_size=_LARGEST_PAGE,
        )
        found = next((balance for balance in page.data if balance.feature == feature), None)
        if found is None:
            detail = f"The plan has no metered feature {feature}."
            raise NotFound(404, {"code": "feature_not_found", "detail": detail})
        return found


def issue_embed_token(
    connection: Connection,
    organization: str | None,
    *,
    allow: Sequence[Allowed],
    origins: Sequence[str] | None,
) -> dict[str, Any]:
    """See `Tallybook.embed_token`."""
    order = EmbedTokenOrder(
        allow=list(allow),
        organization=organization or UNSET,
        origins=UNSET if origins is None else list(origins),
    )
    return connection.call(create_embed_token.sync, EmbedToken, body=order).to_dict()
