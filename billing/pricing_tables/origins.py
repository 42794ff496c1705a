"""The sites that may show a pricing table in a frame."""

import re
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

MOST_ORIGINS: Final = 50
# Nothing that could end the header in which it is written.
_ORIGIN: Final = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
_LONGEST: Final = 255


def clean_origins(origins: Iterable[str]) -> list[str]:
    """
    Return origins such as `https://www.example.com` or `https://*.example.com`, each once.

    Raises `Invalid` for anything else.
    """
    cleaned = list(dict.fromkeys(origin.strip().lower().rstrip("/") for origin in origins))
    if len(cleaned) > MOST_ORIGINS:
        raise Invalid(_("At most %(most)s sites can be named.") % {"most": MOST_ORIGINS})
    for origin in cleaned:
        if len(origin) > _LONGEST or _ORIGIN.fullmatch(origin) is None:
            raise Invalid(
                _("“%(site)s” is no site: write it as https://www.example.com.")
                % {"site": origin[:_LONGEST]}
            )
    return cleaned
