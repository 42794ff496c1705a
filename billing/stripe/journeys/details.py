"""
Who is billed: company, address and tax ids.

Stripe keeps them, and puts them on the invoices that it makes from then on. They are asked for
when somebody looks.
"""

from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.models import Organization
from config.kernel.errors import Invalid, NotFound
from config.kernel.ids import new_id

from ...models import StripeCustomer
from ..gateway.client import briefly
from ..gateway.configuration import require_connection
from ..gateway.errors import StripeRefused
from ..gateway.facts import AddressFacts, DetailsFacts
from ..gateway.reading import retrieve_details
from ..intents import Call, perform
from .customers import ensure_customer, find_customer

_NOT_A_NUMBER = "tax_id_invalid"


class TaxIdNotFound(NotFound):
    """The customer has no such tax id."""

    code = "tax_id_not_found"
    title = "No such tax id"


class TaxIdInvalid(Invalid):
    """No tax id of that kind is written like that."""

    code = "tax_id_invalid"
    title = "Not a tax id of that kind"


def find_details(*, customer: StripeCustomer | None) -> DetailsFacts | None:
    """
    Return who is billed, as Stripe knows it now; None before anybody has paid or said so.

    Waits seconds for the answer, outside of any transaction. Raises `StripeNotConnected`,
    `StripeUnavailable` and `StripeRefused`.
    """
    if customer is None:
        return None
    with briefly():
        return retrieve_details(customer.stripe_id)


def change_details(
    *, organization: Organization, name: str, address: AddressFacts, actor: Actor, now: datetime
) -> None:
    """
    Have later invoices say another company and address; what is empty is left out of them.

    The last wish counts, also if an earlier one is still on its way. Raises `StripeNotConnected`
    and what `perform` raises.
    """
    customer = ensure_customer(organization=organization, now=now)
    _note(organization, "billing_details.change_requested", actor=actor, now=now)
    call = Call(
        operation="customers.update",
        target=customer.stripe_id,
        params={"name": name, "address": asdict(address)},
        key=f"details:{customer.stripe_id}:{new_id('req')}",
        subject=f"{organization.public_id}:details",
        organization_id=organization.pk,
        replaces_earlier=True,
    )
    perform(call, now=now)


def add_tax_id(
    *, organization: Organization, kind: str, value: str, actor: Actor, now: datetime
) -> None:
    """
    Have later invoices name a tax id, whose kind is one of Stripe's words, such as `eu_vat`.

    Raises `TaxIdInvalid` for what is not written like one, `StripeNotConnected` and what
    `perform` raises.
    """
    customer = ensure_customer(organization=organization, now=now)
    _note(organization, "tax_id.addition_requested", actor=actor, now=now)
    call = _tax_id_call(organization, customer, "customers.tax_ids.create")
    try:
        perform(replace(call, params={"type": kind, "value": value}), now=now)
    except StripeRefused as refusal:
        if refusal.stripe_code != _NOT_A_NUMBER:
            raise
        raise TaxIdInvalid(_("This is not how a tax id of that kind is written.")) from refusal


def remove_tax_id(*, organization: Organization, tax_id: str, actor: Actor, now: datetime) -> None:
    """
    Have later invoices no longer name a tax id.

    Raises `TaxIdNotFound`, also for another customer's; `StripeNotConnected` and what `perform`
    raises.
    """
    require_connection()
    customer = find_customer(organization=organization)
    if customer is None or not _has_tax_id(customer, tax_id):
        raise TaxIdNotFound(_("There is no such tax id."))
    _note(organization, "tax_id.removal_requested", actor=actor, now=now)
    call = _tax_id_call(organization, customer, "customers.tax_ids.delete")
    perform(replace(call, target=f"{customer.stripe_id}/{tax_id}"), now=now)


def _has_tax_id(customer: StripeCustomer, tax_id: str) -> bool:
    found = retrieve_details(customer.stripe_id).tax_ids
    return any(each.id == tax_id for each in found)


def _tax_id_call(organization: Organization, customer: StripeCustomer, operation: str) -> Call:
    """A call about one tax id, which is made once; the same may be wished for again later."""
    return Call(
        operation=operation,
        target=customer.stripe_id,
        params={},
        key=f"tax-id:{customer.stripe_id}:{new_id('req')}",
        subject=organization.public_id,
        organization_id=organization.pk,
    )


def _note(organization: Organization, action: str, *, actor: Actor, now: datetime) -> None:
    """Note who asked, and not for what: addresses and tax ids are kept by Stripe alone."""
    with transaction.atomic():
        record(
            actor=actor,
            action=action,
            target=organization.public_id,
            organization=organization,
            now=now,
        )
