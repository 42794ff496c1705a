from dataclasses import dataclass, field

import pytest

from accounts.access.permissions import Permission
from accounts.choices import MailAlert
from accounts.mails import kinds
from accounts.mails.kinds import Departure, Facts, Kind
from accounts.mails.letters import Letter, Occasion
from accounts.mails.recipients import Recipient, members_with
from accounts.models import MailNotice, Membership, Organization, User
from tests.factories.accounts import make_member

NEWS = "news"
SECRET_NEWS = "secret_news"


@dataclass
class Desk:
    """What was remembered of the mails that left."""

    sent: list[str] = field(default_factory=list)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A kind of mail for everybody, and one without a choice for those who see the billing."""
    desk = Desk()
    monkeypatch.setattr(kinds, "_kinds", {})
    monkeypatch.setattr(kinds, "_mailed", {})
    kinds.declare([_news(desk), _secret_news()], mailed={"invoice.paid": lambda _facts, _now: NEWS})
    return desk


def _news(desk: Desk) -> Kind:
    def everybody(notice: MailNotice) -> list[Recipient]:
        assert notice.organization is not None
        return members_with(notice.organization, Permission.VIEW_USAGE)

    def write(occasion: Occasion) -> Letter:
        what = occasion.data.get("what", "It happened")
        return Letter(
            subject=f"{occasion.organization}: {what}", lead=f"{what}.", reason="You asked."
        )

    def load(notice: MailNotice, _now: object) -> Facts | None:
        return None if notice.data.get("is_over") else notice.data

    def sent(departure: Departure) -> None:
        desk.sent.append(departure.notice.fact)

    return Kind(
        code=NEWS,
        name="News",
        alert=MailAlert.LEVELS,
        recipients=everybody,
        load=load,
        write=write,
        sent=sent,
        sample={},
    )


def _secret_news() -> Kind:
    def billing(notice: MailNotice) -> list[Recipient]:
        assert notice.organization is not None
        return members_with(notice.organization, Permission.VIEW_BILLING)

    return Kind(
        code=SECRET_NEWS,
        name="Secret news",
        recipients=billing,
        write=lambda occasion: Letter(subject="Secret", lead="Psst.", reason="You may know."),
        sample={},
    )


@pytest.fixture
def charlie_at_acme(acme: Organization, charlie: User) -> Membership:
    """Charlie works at Acme, for now."""
    return make_member(acme, charlie)
