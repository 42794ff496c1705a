"""Which language somebody is spoken to in."""

from django.conf import settings

from config.kernel.errors import Invalid

from ..models import Organization, User


def offered_languages() -> list[str]:
    """Return the codes of the languages that this installation speaks, its own first."""
    codes = [code for code, _name in settings.LANGUAGES]
    return sorted(codes, key=lambda code: code != settings.LANGUAGE_CODE)


def find_chosen_language(*, user: User | None, organization: Organization | None) -> str | None:
    """
    Return what the person chose, else what the organization chose; None if neither did.

    A language that is not offered any more counts as not chosen.
    """
    chosen = [one.language for one in (user, organization) if one is not None]
    return next((code for code in chosen if code in offered_languages()), None)


def language_of(*, user: User | None, organization: Organization | None) -> str:
    """
    Return the language for mails: the person's, else the organization's, else the installation's.

    Without a person it is that of everybody in the organization who chose none.
    """
    return find_chosen_language(user=user, organization=organization) or settings.LANGUAGE_CODE


def check_language(code: str) -> None:
    """Raise `Invalid` unless the language is offered. None at all (`""`) may always be chosen."""
    if code and code not in offered_languages():
        raise Invalid(f"The language must be one of {', '.join(offered_languages())}, or empty.")
