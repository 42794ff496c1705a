"""What people change about themselves, and staff about people."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, Forbidden

from ..addresses import clean_address
from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..models import User
from ..names import clean_name
from .language import check_language


class AddressTaken(DomainError):
    """Somebody has an account with this e-mail address. Never told to a visitor."""

    code = "address_taken"
    title = "The e-mail address is taken"
    status: ClassVar[int] = 409


@transaction.atomic
def add_person(*, email: str, password: str, name: str = "", actor: Actor, now: datetime) -> User:
    """
    Store a person whose address the actor vouches for: they can log in at once.

    For set-up by those who run Tallybook; people sign up on the login pages. Raises `Invalid` for
    an unusable address or name and `AddressTaken`.
    """
    address = clean_address(email)
    if User.objects.filter(email=address).exists():
        raise AddressTaken(_("Somebody has this e-mail address."))
    user = User.objects.create_user(address, password, name=_clean(name))
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    record(actor=actor, action="person.added", target=person_target(user), now=now)
    return user


@transaction.atomic
def change_name(*, user: User, name: str, actor: Actor, now: datetime) -> None:
    """Change how a person is called. Writes nothing if the name is the same. Raises `Invalid`."""
    person = _locked(user)
    _apply(person, {"name": _clean(name)}, action="person.renamed", actor=actor, now=now)
    user.name = person.name


@transaction.atomic
def change_language(*, user: User, language: str, actor: Actor, now: datetime) -> None:
    """
    Change the language in which a person is spoken to; `""` leaves it to their organizations.

    Writes nothing if it is so already. Raises `Invalid` for a language that is not offered.
    """
    check_language(language)
    person = _locked(user)
    _apply(person, {"language": language}, action="person.language_changed", actor=actor, now=now)
    user.language = person.language


@transaction.atomic
def change_activity(
    *, user: User, is_active: bool, actor: Actor, reason: str = "", now: datetime
) -> None:
    """
    Shut a person out, or let them in again. Their memberships stay; open sessions end.

    Writes nothing if it is so already. Raises `Forbidden` for one who would shut themselves out.
    """
    if actor.user_id == user.pk and not is_active:
        raise Forbidden(_("You cannot shut yourself out."))
    action = "person.activated" if is_active else "person.deactivated"
    _apply(
        _locked(user), {"is_active": is_active}, action=action, actor=actor, reason=reason, now=now
    )


@transaction.atomic
def change_staff_access(
    *,
    user: User,
    is_staff: bool,
    groups: Collection[Group],
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> None:
    """
    Decide whether a person works for the company that runs Tallybook, and in which groups.

    Writes nothing if it is so already. Raises `Forbidden` for one who would change their own.
    """
    person = _locked(user)
    before = sorted(person.groups.values_list("name", flat=True))
    after = sorted(group.name for group in groups)
    if person.is_staff == is_staff and before == after:
        return
    if actor.user_id == user.pk:
        raise Forbidden(_("You cannot change your own staff access."))
    changes = differences(
        {"is_staff": person.is_staff, "groups": before}, {"is_staff": is_staff, "groups": after}
    )
    person.is_staff = is_staff
    person.save(update_fields=["is_staff"])
    person.groups.set(groups)
    record(
        actor=actor,
        action="person.staff_access_changed",
        target=person_target(person),
        changes=changes,
        reason=reason,
        now=now,
    )


def person_target(user: User) -> str:
    """The name of a person in audit entries; it outlives a change of address."""
    return f"person_{user.pk}"


def _clean(name: str) -> str:
    return clean_name(name, what=_("The name"), longest=120, may_be_empty=True)


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _apply(
    person: User,
    after: dict[str, object],
    *,
    action: str,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> None:
    changes = differences({field: getattr(person, field) for field in after}, after)
    if not changes:
        return
    for field, value in after.items():
        setattr(person, field, value)
    person.save(update_fields=list(after))
    record(
        actor=actor,
        action=action,
        target=person_target(person),
        changes=changes,
        reason=reason,
        now=now,
    )
