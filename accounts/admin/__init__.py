"""The staff's pages about organizations, people and API keys."""

# These register themselves, so they must be loaded before they can be taken off the site again.
import allauth.account.admin
import allauth.idp.oidc.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from .api_keys import ApiKeyAdmin
from .audit import AuditEntryAdmin
from .groups import StaffGroupAdmin
from .invitations import InvitationAdmin
from .mails import MailAdmin
from .organizations import OrganizationAdmin
from .people import PersonAdmin
from .properties import PropertyDefinitionAdmin, PropertyValueAdmin
from .sign_in_apps import SignInAppAdmin
from .visits import StaffVisitAdmin
from .webhooks import WebhookDeliveryAdmin, WebhookEndpointAdmin, WebhookEventAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "InvitationAdmin",
    "MailAdmin",
    "OrganizationAdmin",
    "PersonAdmin",
    "PropertyDefinitionAdmin",
    "PropertyValueAdmin",
    "SignInAppAdmin",
    "StaffGroupAdmin",
    "StaffVisitAdmin",
    "WebhookDeliveryAdmin",
    "WebhookEndpointAdmin",
    "WebhookEventAdmin",
]

# How a person proves who they are is theirs alone: nobody on the staff verifies an address, adds a
# second factor or reads a session.
admin.site.unregister([EmailAddress, Authenticator, UserSession])
# What the engine of the tokens keeps follows from our own rows.
admin.site.unregister([Client, Token])
