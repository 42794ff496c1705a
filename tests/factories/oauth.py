"""Sign-in apps for tests."""

from accounts.models import Organization
from accounts.oauth.sign_in_apps import RegisteredApp, register_sign_in_app

from .accounts import NOON, TESTER

RETURN_TO = "https://app.example/signed-in"


def make_app(
    name: str = "Notes",
    *,
    redirect_uris: tuple[str, ...] = (RETURN_TO,),
    is_public: bool = False,
    organization: Organization | None = None,
) -> RegisteredApp:
    """An app with its secret; one to which everybody may sign in, unless of an organization."""
    return register_sign_in_app(
        name=name,
        redirect_uris=redirect_uris,
        is_public=is_public,
        organization=organization,
        actor=TESTER,
        now=NOON,
    )
