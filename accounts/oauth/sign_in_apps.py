"""Make, change and remove the apps to which people sign in with Tallybook."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from allauth.idp.oidc.models import Client
from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, Invalid

from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..models import Organization, SignInApp, User
from ..names import clean_name
from .clients import keep_client_of_app, remove_client_of_app, store_secret
from .redirects import clean_redirect_uris

_SECRET_BYTES: Final = 32


class SignInAppRemoved(DomainError):
    """Somebody removed the app before."""

    code = "sign_in_app_removed"
    title = "The sign-in app was removed"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """An app with its new secret, which can be read only now; a public app has none."""

    app: SignInApp
    secret: str = field(repr=False)


@transaction.atomic(durable=True)
def register_sign_in_app(
    *,
    name: str,
    redirect_uris: Collection[str],
    is_public: bool,
    organization: Organization | None,
    actor: Actor,
    created_by: User | None = None,
    now: datetime,
) -> RegisteredApp:
    """
    Let people sign in to an app: everybody, or the members of one organization.

    Raises `Invalid` for an unusable name or address.
    """
    app = SignInApp.objects.create(
        organization=organization,
        name=clean_name(name, what=_("The name"), longest=80),
        redirect_uris=clean_redirect_uris(redirect_uris, is_public=is_public),
        is_public=is_public,
        created_by=created_by,
    )
    keep_client_of_app(app)
    secret = _give_secret(app)
    record(
        actor=actor,
        action="sign_in_app.registered",
        target=app.public_id,
        organization=organization,
        changes=_facts(app),
        now=now,
    )
    return RegisteredApp(app, secret)


@transaction.atomic(durable=True)
def change_sign_in_app(
    *, app: SignInApp, name: str, redirect_uris: Collection[str], actor: Actor, now: datetime
) -> None:
    """Give the app another name and other addresses. Raises `Invalid` and `SignInAppRemoved`."""
    locked = _lock(app)
    before = _facts(locked)
    locked.name = clean_name(name, what=_("The name"), longest=80)
    locked.redirect_uris = clean_redirect_uris(redirect_uris, is_public=locked.is_public)
    locked.save(update_fields=["name", "redirect_uris"])
    keep_client_of_app(locked)
    record(
        actor=actor,
        action="sign_in_app.changed",
        target=locked.public_id,
        organization=locked.organization,
        changes=differences(before, _facts(locked)),
        now=now,
    )


@transaction.atomic(durable=True)
def renew_secret(*, app: SignInApp, actor: Actor, reason: str, now: datetime) -> RegisteredApp:
    """
    Give the app another secret; the one before is good for nothing from now on.

    Raises `Invalid` for a public app, and `SignInAppRemoved`.
    """
    locked = _lock(app)
    if locked.is_public:
        raise Invalid(_("A public app has no secret."))
    secret = _give_secret(locked)
    record(
        actor=actor,
        action="sign_in_app.secret_renewed",
        target=locked.public_id,
        organization=locked.organization,
        reason=reason,
        now=now,
    )
    return RegisteredApp(locked, secret)


@transaction.atomic(durable=True)
def remove_sign_in_app(*, app: SignInApp, actor: Actor, reason: str, now: datetime) -> None:
    """Let nobody sign in to the app any more; its tokens end now. Raises `SignInAppRemoved`."""
    locked = _lock(app)
    locked.removed_at = now
    locked.save(update_fields=["removed_at"])
    remove_client_of_app(locked)
    record(
        actor=actor,
        action="sign_in_app.removed",
        target=locked.public_id,
        organization=locked.organization,
        reason=reason,
        now=now,
    )


def _lock(app: SignInApp) -> SignInApp:
    locked = SignInApp.objects.select_for_update(of=("self",)).get(pk=app.pk)
    if locked.removed_at is not None:
        raise SignInAppRemoved(_("%(app)s was removed before.") % {"app": locked.name})
    return locked


def _give_secret(app: SignInApp) -> str:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    store_secret(Client.objects.filter(pk=app.public_id), secret)
    # What a public app was given is known to nobody, so that no secret opens its door.
    return "" if app.is_public else secret


def _facts(app: SignInApp) -> dict[str, object]:
    return {"name": app.name, "redirect_uris": app.redirect_uris, "is_public": app.is_public}
