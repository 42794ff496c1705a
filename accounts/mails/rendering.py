"""Make a message of a letter: text and HTML that say the same."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from .kinds import Kind
from .letters import Letter, Occasion
from .unsubscribing import unsubscribe_url

_LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a letter goes to. `mail_id` is what it can be known by, also when it comes twice."""

    mail_id: str
    address: str
    language: str
    may_unsubscribe: bool


def write(kind: Kind, occasion: Occasion, *, language: str) -> Letter:
    """Write a letter in a language. Its subject is one line, whatever the names in it are."""
    with translation.override(language):
        letter = kind.write(occasion)
    subject = " ".join("".join(map(_visible, letter.subject)).split())
    return Letter(
        subject=subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[:_LONGEST_SUBJECT]}…",
        lead=letter.lead,
        reason=letter.reason,
        button=letter.button,
        rows=letter.rows,
        notes=letter.notes,
    )


def render_text(letter: Letter, *, language: str, unsubscribe: str = "") -> str:
    """The letter for those who read text."""
    return _render("emails/letter.txt", letter, language=language, unsubscribe=unsubscribe)


def render_html(letter: Letter, *, language: str, unsubscribe: str = "") -> str:
    """The letter as a page that asks no server for anything."""
    return _render("emails/letter.html", letter, language=language, unsubscribe=unsubscribe)


def message_of(letter: Letter, envelope: Envelope) -> EmailMultiAlternatives:
    """Return the message, with an address to unsubscribe at (RFC 8058) where that is possible."""
    unsubscribe = unsubscribe_url(mail_id=envelope.mail_id) if envelope.may_unsubscribe else ""
    headers = {
        "Message-ID": f"<{envelope.mail_id}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": envelope.language,
    }
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=render_text(letter, language=envelope.language, unsubscribe=unsubscribe),
        to=[envelope.address],
        headers=headers,
    )
    html = render_html(letter, language=envelope.language, unsubscribe=unsubscribe)
    message.attach_alternative(html, "text/html")
    return message


def _render(template: str, letter: Letter, *, language: str, unsubscribe: str) -> str:
    context = {
        "letter": letter,
        "unsubscribe": unsubscribe,
        "host": urlsplit(settings.PUBLIC_URL).netloc,
    }
    with translation.override(language):
        return render_to_string(template, context)


def _domain() -> str:
    """The domain of our sender, where a mail's id is unique."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2] or "localhost"


def _visible(character: str) -> str:
    return character if character.isprintable() else " "
