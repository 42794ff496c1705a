"""Why somebody gets a mail about billing."""

from django.utils.translation import gettext as _

from accounts.mails.letters import Occasion


def why_billing(occasion: Occasion) -> str:
    """The reason of what concerns the contract and its payments."""
    return _("You get this because you look after the billing of %(organization)s.") % {
        "organization": occasion.organization
    }


def why_usage(occasion: Occasion) -> str:
    """The reason of what concerns usage."""
    return _(
        "You get this because you look after the usage or the billing of %(organization)s."
    ) % {"organization": occasion.organization}
