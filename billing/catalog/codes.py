"""The codes by which apps know the things of the catalog."""

import re
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.errors import DomainError, Invalid

_CODE: Final = re.compile(CODE_PATTERN)


class CodeTaken(DomainError):
    """Another one has this code."""

    code = "code_taken"
    title = "The code is taken"


def check_code(code: str) -> None:
    """Raise `Invalid` unless the text can be a code: small letters, digits and underscores."""
    if _CODE.fullmatch(code) is None:
        raise Invalid(
            _(
                "A code has at most 63 small letters, digits and underscores, and starts "
                "with a letter."
            )
        )
