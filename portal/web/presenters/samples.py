"""Commands to copy: what an empty page teaches with."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from accounts.access.permissions import Permission
from accounts.api_keys.queries import list_api_keys
from metering.rate_card.queries import ActionOnCard

from ..access import Visit

_USAGE_CALL: Final = """\
curl {url}/api/v1/usage \\
  -H "Authorization: Bearer $TALLYBOOK_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"organization": "{organization}", "id": "first-event",
       "action": "{action}", "quantity": "1"}}'"""


# What of a key may be shown again: it says which one to put in.
_WITH_KEY: Final = 'export TALLYBOOK_API_KEY="{prefix}..."\n'


def usage_call(visit: Visit, *, actions: Sequence[ActionOnCard]) -> str:
    """
    The call that reports one use of an action, with the organization's own id in it, and for
    those who may see the keys the beginning of the newest one.
    """
    call = _USAGE_CALL.format(
        url=settings.PUBLIC_URL,
        organization=visit.organization.public_id,
        action=actions[0].code if actions else "ACTION",
    )
    return _key_line(visit) + call


def _key_line(visit: Visit) -> str:
    if not visit.may(Permission.MANAGE_DEVELOPERS):
        return ""
    newest = list_api_keys(organization=visit.organization, now=visit.now)[:1]
    return "".join(_WITH_KEY.format(prefix=key.prefix) for key in newest)
