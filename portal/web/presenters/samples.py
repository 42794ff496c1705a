"""Commands to copy: what an empty page teaches with."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from accounts.models import Organization
from metering.rate_card.queries import ActionOnCard

_USAGE_CALL: Final = """\
curl {url}/api/v1/usage \\
  -H "Authorization: Bearer $TALLYBOOK_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"organization": "{organization}", "id": "first-event",
       "action": "{action}", "quantity": "1"}}'"""


def usage_call(*, organization: Organization, actions: Sequence[ActionOnCard]) -> str:
    """The call that reports one use of an action, with the organization's own id in it."""
    action = actions[0].code if actions else "ACTION"
    return _USAGE_CALL.format(
        url=settings.PUBLIC_URL, organization=organization.public_id, action=action
    )
