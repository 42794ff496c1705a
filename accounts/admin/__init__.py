"""The staff's pages about organizations, people and API keys."""

from .api_keys import ApiKeyAdmin
from .audit import AuditEntryAdmin
from .invitations import InvitationAdmin
from .organizations import OrganizationAdmin
from .people import PersonAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "InvitationAdmin",
    "OrganizationAdmin",
    "PersonAdmin",
]
