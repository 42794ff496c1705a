"""Feature flags: what is switched on for an organization, or for one of its people."""

import logging
from typing import Any

from ._core.api.flags import get_flag
from ._core.models import Flag
from ._core.types import UNSET
from .connection import Connection
from .errors import TemporaryFailure

logger = logging.getLogger("tallybook")


class Flags:
    """`client.flags`"""

    def __init__(self, connection: Connection, organization: str | None) -> None:
        self._connection = connection
        self._organization = organization or UNSET

    def get(self, key: str, *, member: str | None = None) -> Flag:
        """
        The flag's `value`, and the `source` that decided it. `member`, your id for a person, asks
        for that person.

        Raises `NotFound` for a key that the catalog does not know, and other `TallybookError`s.
        """
        return self._connection.call(
            get_flag.sync,
            Flag,
            key=key,
            organization=self._organization,
            member=member or UNSET,
        )

    def value(self, key: str, *, member: str | None = None, default: Any = None) -> Any:
        """The flag's value; `default` while Tallybook cannot be reached. Raises `NotFound`."""
        try:
            return self.get(key, member=member).value
        except TemporaryFailure as failure:
            logger.warning("Flag %s is taken to be %r: %s", key, default, failure)
            return default

    def is_enabled(self, key: str, *, member: str | None = None, default: bool = False) -> bool:
        """Whether a flag is on; `default` while Tallybook cannot be reached. Raises `NotFound`."""
        return self.value(key, member=member, default=default) is True
