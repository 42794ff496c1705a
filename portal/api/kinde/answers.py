"""What several answers in Kinde's dialect have in common."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Success(msgspec.Struct, frozen=True, kw_only=True):
    """It is done."""

    message: str = "Success"
    code: str = "OK"


# Of lists whose answer has these members, too.
HasMore = Annotated[bool, Meta(description="Whether there are more beyond this page.")]
