"""Whom mails about billing and usage are for."""

from accounts.access.permissions import Permission
from accounts.choices import MailTopic
from accounts.mails.recipients import Recipient, contacts_for, members_with
from accounts.models import MailNotice, Organization


def billing_people(notice: MailNotice) -> list[Recipient]:
    """Those who see the billing, and the contacts for payments."""
    organization = notice.organization
    assert organization is not None, notice
    return list_billing_people(organization)


def list_billing_people(organization: Organization) -> list[Recipient]:
    """Return whom mails about the billing of an organization are for by now."""
    return [
        *members_with(organization, Permission.VIEW_BILLING),
        *contacts_for(organization, MailTopic.PAYMENTS),
    ]


def spending_people(notice: MailNotice) -> list[Recipient]:
    """Those who see the billing, and the contacts for usage: for what says amounts of money."""
    organization = notice.organization
    assert organization is not None, notice
    return [
        *members_with(organization, Permission.VIEW_BILLING),
        *contacts_for(organization, MailTopic.USAGE),
    ]


def usage_people(notice: MailNotice) -> list[Recipient]:
    """Those who see the billing or run the app, and the contacts for usage."""
    organization = notice.organization
    assert organization is not None, notice
    return [
        *members_with(organization, Permission.VIEW_BILLING, Permission.MANAGE_DEVELOPERS),
        *contacts_for(organization, MailTopic.USAGE),
    ]
