"""
The file with the demo's logins, keys and ids, for people and shells to read.

Secrets are stored nowhere else: whenever the file is lost, everything in it is made anew.
"""

import os
import secrets
import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from accounts.api_keys.operations import IssuedKey, issue_api_key, revoke_api_key
from accounts.api_keys.queries import authenticate
from accounts.audit.actor import SYSTEM
from accounts.choices import Scope
from accounts.models import ApiKey, Organization, SignInApp, User
from accounts.oauth.sign_in_apps import RegisteredApp, register_sign_in_app, renew_secret
from accounts.organizations.queries import find_organization
from accounts.webhooks import kinde
from accounts.webhooks.endpoints import register_endpoint, rotate_secret
from accounts.webhooks.queries import list_endpoints
from config.kernel.errors import DomainError

from ..agreements.queries import find_live_agreement
from ..stripe.gateway.configuration import is_sandbox
from .customers import MEMBER, OWNER, PROFESSIONAL, STAFF

KEY_NAME: Final = "Demo app"
SIGNED_IN_AT: Final = "http://127.0.0.1:9099/signed-in"
SIGN_IN_VARIABLE: Final = "SIGN_IN_CLIENT_SECRET"
RECEIVER: Final = "http://127.0.0.1:9099/webhooks"
WEBHOOK_VARIABLE: Final = "WEBHOOK_SECRET"
_EMAILS: Final = {"OWNER": OWNER.email, "MEMBER": MEMBER.email, "STAFF": STAFF.email}


class DemoChanged(DomainError):
    """What the file would name is no longer there."""

    code = "demo_changed"
    title = "The demo was changed too much"


def read_environment(path: Path) -> dict[str, str]:
    """Return the variables in the file; none if there is no file."""
    if not path.exists():
        return {}
    words = [word for line in path.read_text().splitlines() for word in shlex.split(line)]
    pairs = (word.partition("=") for word in words)
    return {name: value for name, separator, value in pairs if separator}


def find_platform_key(path: Path, *, now: datetime) -> int | None:
    """Return the database id of the platform key in the file; None unless both keys work here."""
    variables = read_environment(path)
    platform = authenticate(secret=variables.get("PLATFORM_API_KEY", ""), now=now)
    own = authenticate(secret=variables.get("ORG_API_KEY", ""), now=now)
    organization = find_organization(reference=variables.get("ORG_ID", ""))
    if platform is None or own is None or organization is None:
        return None
    return platform.id if own.organization_id == organization.pk else None


def renew_environment(path: Path, *, url: str, now: datetime) -> int:
    """
    Give the demo's people new passwords and its apps new keys, and write them down.

    Keys of an earlier file are revoked. Returns the database id of the platform key. Raises
    `DemoChanged`.
    """
    organization = find_organization(reference=PROFESSIONAL.external_id)
    agreement = organization and find_live_agreement(organization=organization)
    people = {user.email: user for user in User.objects.filter(email__in=_EMAILS.values())}
    if organization is None or agreement is None or len(people) < len(_EMAILS):
        raise DemoChanged("Somebody the demo is about has left, or their agreement has ended.")
    platform = _renew_key(None, made_by=None, now=now)
    owner = people[_EMAILS["OWNER"]]
    variables = {
        "TALLYBOOK_URL": url,
        "PLATFORM_API_KEY": platform.secret,
        "ORG_API_KEY": _renew_key(organization, made_by=owner, now=now).secret,
        "ORG_ID": organization.public_id,
        "AGREEMENT_ID": agreement.public_id,
        "KINDE_CUSTOMER_ID": kinde.customer_id(organization_code=organization.public_id),
        **_stripe(),
    }
    for name, email in _EMAILS.items():
        variables[f"{name}_EMAIL"] = email
        variables[f"{name}_PASSWORD"] = _renew_password(people[email])
    _write(path, variables)
    return platform.api_key.pk


def update_addresses(path: Path, *, url: str) -> None:
    """Name the addresses that Tallybook and Stripe have now; leave everything else as it is."""
    variables = read_environment(path)
    present = {"TALLYBOOK_URL": url, **_stripe()}
    if variables and not present.items() <= variables.items():
        _write(path, variables | present)


def ensure_endpoint(path: Path, *, now: datetime) -> None:
    """
    Have the demo's app told of what happens from now on, by a secret that the file names.

    Nobody listens there until somebody tries it out. Made once: an endpoint that was removed
    stays away as long as there is the file.
    """
    variables = read_environment(path)
    if WEBHOOK_VARIABLE in variables or not settings.WEBHOOK_ALLOW_PRIVATE:
        return
    organization = find_organization(reference=PROFESSIONAL.external_id)
    if organization is not None:
        _write(path, {**variables, WEBHOOK_VARIABLE: _renew_secret(organization, now=now)})


def _renew_secret(organization: Organization, *, now: datetime) -> str:
    for endpoint in list_endpoints(organization=organization):
        if endpoint.url == RECEIVER:
            return rotate_secret(
                endpoint=endpoint, overlap=timedelta(0), actor=SYSTEM, now=now
            ).secret
    return register_endpoint(
        organization=organization, url=RECEIVER, description=KEY_NAME, actor=SYSTEM, now=now
    ).secret


def ensure_clients(path: Path, *, now: datetime) -> None:
    """
    Name the clients that may ask for tokens: the platform key, and an app that people sign in to.

    Made once, and made anew with the file.
    """
    variables = read_environment(path)
    if SIGN_IN_VARIABLE in variables:
        return
    platform = authenticate(secret=variables["PLATFORM_API_KEY"], now=now)
    assert platform is not None, path
    registered = _renew_app(now=now)
    clients = {
        "OAUTH_CLIENT_ID": platform.public_id,
        "OAUTH_CLIENT_SECRET": variables["PLATFORM_API_KEY"],
        "SIGN_IN_CLIENT_ID": registered.app.public_id,
        SIGN_IN_VARIABLE: registered.secret,
    }
    _write(path, variables | clients)


def _renew_app(*, now: datetime) -> RegisteredApp:
    known = SignInApp.objects.filter(organization=None, name=KEY_NAME, removed_at=None).first()
    if known is not None:
        return renew_secret(
            app=known, actor=SYSTEM, reason="The demo's secrets are made anew.", now=now
        )
    return register_sign_in_app(
        name=KEY_NAME,
        redirect_uris=[SIGNED_IN_AT],
        is_public=False,
        organization=None,
        actor=SYSTEM,
        now=now,
    )


def _stripe() -> dict[str, str]:
    return {
        "STRIPE_MODE": settings.STRIPE_MODE,
        "SANDBOX_URL": settings.STRIPE_URL if is_sandbox() else "",
    }


def _renew_key(
    organization: Organization | None, *, made_by: User | None, now: datetime
) -> IssuedKey:
    for lost in ApiKey.objects.filter(organization=organization, name=KEY_NAME, revoked_at=None):
        revoke_api_key(
            api_key=lost, actor=SYSTEM, reason="The demo's secrets are made anew.", now=now
        )
    return issue_api_key(
        name=KEY_NAME,
        scopes=Scope.values,
        organization=organization,
        created_by=made_by,
        actor=SYSTEM,
        now=now,
    )


def _renew_password(user: User) -> str:
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def _write(path: Path, variables: Mapping[str, str]) -> None:
    """Replace the file, whole or not at all; only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
    draft.replace(path)
