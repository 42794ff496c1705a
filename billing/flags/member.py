"""The name that an app has for a person, written one way."""

import unicodedata
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

from ..models.flag_override import LONGEST_MEMBER

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})


class InvalidMember(Invalid):
    """Nobody can have this name."""

    code = "invalid_member"
    title = "The name of the member is not valid"


def check_member(member: str | None) -> str:
    """
    Return how the name of a person is stored, composed (NFC); empty for everybody.

    Raises `InvalidMember`, also for an empty name.
    """
    if member is None:
        return ""
    name = unicodedata.normalize("NFC", member) if len(member) <= 2 * LONGEST_MEMBER else member
    is_seen = not any(unicodedata.category(character) in _UNSEEN for character in name)
    if not 0 < len(name) <= LONGEST_MEMBER or name != name.strip() or not is_seen:
        raise InvalidMember(
            _(
                "A member has 1 to %(longest)s characters, no control or invisible ones, and "
                "no blanks at its ends."
            )
            % {"longest": LONGEST_MEMBER}
        )
    return name
