"""What each mail says, word for word, and the same in figures of another language."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts.mails.kinds import Kind, find_kind, list_kinds
from accounts.mails.letters import Letter, Occasion
from accounts.mails.rendering import render_html, render_text, write
from billing.events import WHEN as BILLING
from billing.mails.kinds import KINDS, MAILED
from metering.events import WHEN as METERING

BERLIN = ZoneInfo("Europe/Berlin")

SAYS = {
    "usage_level": (
        "Acme has used 2,510 AI credits",
        "Acme has used 2,510 of the 5,000 AI credits included until 1 Apr 2026, 02:00 CEST.",
    ),
    "low_balance": (
        "Acme has 1,000 of 5,000 AI credits left",
        "Acme has used 4,000 of the 5,000 AI credits included until 1 Apr 2026, 02:00 CEST: "
        "1,000 are left.",
    ),
    "spending_level": (
        "Acme: overage has come to $52.40",
        "Overage of Acme has come to $52.40 in the period until 1 Apr 2026, 02:00 CEST, past the "
        "level of $50.00.",
    ),
    "limit_reached": (
        "Acme has used up its AI credits",
        "Acme has used up its AI credits: 5,000 in the period until 1 Apr 2026, 02:00 CEST. What "
        "is used from here on is charged as overage.",
    ),
    "spend_cap": (
        "Acme has reached its spend cap of $100.00",
        "Overage of Acme has come to $100.00 and reached the spend cap of $100.00. More is "
        "refused to apps that ask first, until 1 Apr 2026, 02:00 CEST.",
    ),
    "credits_expiring": (
        "250 AI credits of Acme expire on 17 Mar 2026 CET",
        "250 AI credits of Acme expire on 17 Mar 2026, 13:00 CET. What is used until then is "
        "taken from credits that expire first.",
    ),
    "receipt": (
        "Receipt: $355.81 for invoice 4F2A81-0007",
        "Acme paid $355.81 for invoice 4F2A81-0007 on 10 Mar 2026, 13:00 CET.",
    ),
    "payment_failed": (
        "The payment of $355.81 for invoice 4F2A81-0007 failed",
        "The payment of $355.81 for invoice 4F2A81-0007 of Acme failed. It is tried again on "
        "13 Mar 2026, 13:00 CET.",
    ),
    "top_up_paid": (
        "2,000 AI credits added for $198.00",
        "Acme bought 2,000 AI credits for $198.00. They can be used now.",
    ),
    "top_up_failed": (
        "The payment of $198.00 for 2,000 AI credits failed",
        "The payment of $198.00 for 2,000 AI credits of Acme failed. No credits were added.",
    ),
    "automatic_top_up": (
        "2,000 AI credits added automatically for $198.00",
        "Acme was low on AI credits, so 2,000 were bought automatically for $198.00. They can be "
        "used now.",
    ),
    "automatic_top_up_failed": (
        "The automatic top-up of $198.00 failed",
        "Acme was low on AI credits, but the payment of $198.00 for 2,000 failed. No credits were "
        "added, and the automatic top-up is off now.",
    ),
    "money_credit": (
        "Acme gets $29.00 back",
        "Acme gets a credit of $29.00. It comes off the next invoice, and what is left of it off "
        "those after it.",
    ),
    "trial_ending": (
        "The trial of Professional ends on 13 Mar 2026 CET",
        "The trial of Professional by Acme ends on 13 Mar 2026, 13:00 CET. From then on it costs "
        "$299.00 a month.",
    ),
    "plan_change_scheduled": (
        "Acme moves to Starter on 1 Apr 2026 CEST",
        "Acme moves from Professional to Starter on 1 Apr 2026, 02:00 CEST. From then on it costs "
        "$99.00 a month.",
    ),
    "plan_change_undone": (
        "Acme stays on Professional",
        "Acme does not move to Starter on 1 Apr 2026, 02:00 CEST: it stays on Professional for "
        "$299.00 a month.",
    ),
    "plan_changed": (
        "Acme is now on Professional",
        "Acme has been on Professional since 10 Mar 2026, 13:00 CET. It costs $299.00 a month.",
    ),
    "cancellation_scheduled": (
        "Professional of Acme ends on 1 Apr 2026 CEST",
        "Professional of Acme is canceled and ends on 1 Apr 2026, 02:00 CEST. It does not renew, "
        "and the price of $299.00 a month is not charged again.",
    ),
    "cancellation_undone": (
        "Professional of Acme goes on",
        "Professional of Acme is no longer canceled. It renews on 1 Apr 2026, 02:00 CEST for "
        "$299.00 a month.",
    ),
    "plan_ended": (
        "Professional of Acme has ended",
        "Professional of Acme ended on 1 Apr 2026, 02:00 CEST, and what it included with it. It "
        "costs nothing from then on.",
    ),
    "rate_change": (
        "From 1 Apr 2026 CEST on, Generate report takes 62 instead of 50 AI credits",
        "From 1 Apr 2026, 02:00 CEST on, Generate report takes 62 AI credits each time instead of "
        "50. What Acme uses until then takes what it takes today.",
    ),
    "price_review_due": (
        "The prices of your actions are due for their review",
        "Since 1 Apr 2026 CEST it is time to look at what your actions take: whether their credits "
        "still reach the margin that you want, at what models cost now.",
    ),
    "repricing_notice": (
        "Acme saves $451.00 a month with Professional",
        "What you used in the last 12 months comes to $750.00 a month on Team seats on average, "
        "and would have come to $299.00 on Professional. You save $451.00 a month. If you accept, "
        "Acme moves to Professional on 1 Jul 2026, 02:00 CEST, when a period that is paid for "
        "ends. If you do nothing, everything stays as it is.",
    ),
    "repricing_reminder": (
        "In 30 days Acme moves to Professional",
        "You have accepted: Acme moves to Professional on 1 Jul 2026, 02:00 CEST. What you used "
        "in the last 12 months comes to $750.00 a month on Team seats on average, and would have "
        "come to $299.00 on Professional. You save $451.00 a month.",
    ),
    "repricing_accepted": (
        "Acme moves to Professional on 1 Jul 2026 CEST, as you accepted",
        "Acme moves from Team seats to Professional on 1 Jul 2026, 02:00 CEST.",
    ),
    "private_offer": (
        "Acme is offered Team seats",
        "Acme is offered Team seats, which is not on sale for everybody. The offer stands until "
        "24 Mar 2026, 13:00 CET. If you do nothing, everything stays as it is.",
    ),
    "manual_credit_waits": (
        "To decide: $250.00 for Acme",
        "sam@tallybook.example wants to give Acme $250.00. That is more than one person gives "
        "alone: it waits until somebody else approves or declines it.",
    ),
}


def letter_of(code: str, *, language: str = "en", **facts: Any) -> Letter:
    """A kind's mail about its made-up facts, with some of them changed."""
    kind = find_kind(code)
    assert kind is not None, code
    occasion = Occasion(
        organization="Acme",
        zone=BERLIN,
        occurred_at=datetime(2026, 3, 10, 12, tzinfo=UTC),
        data={**kind.sample, **facts},
    )
    return write(kind, occasion, language=language)


def test_every_kind_is_in_the_list() -> None:
    assert [kind.code for kind in KINDS] == list(SAYS)


@pytest.mark.parametrize("code", SAYS)
def test_the_first_line_says_what_happened_in_figures(code: str) -> None:
    letter = letter_of(code)
    assert (letter.subject, letter.lead) == SAYS[code]


def test_a_receipt_in_full(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://billing.example"
    letter = letter_of("receipt")
    assert render_text(letter, language="en") == (
        "Acme paid $355.81 for invoice 4F2A81-0007 on 10 Mar 2026, 13:00 CET.\n"
        "\n"
        "Invoice: 4F2A81-0007\n"
        "Subtotal: $299.00\n"
        "Tax: $56.81\n"
        "Total: $355.81\n"
        "Paid: $355.81\n"
        "\n"
        "See the invoice:\n"
        "https://billing.example/invoices/inv_example/\n"
        "\n"
        "--\n"
        "You get this because you look after the billing of Acme.\n"
        "Tallybook · billing.example\n"
    )


def test_a_low_balance_in_full(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://billing.example"
    letter = letter_of("low_balance")
    stop = "https://billing.example/unsubscribe/token/"
    assert render_text(letter, language="en", unsubscribe=stop) == (
        "Acme has used 4,000 of the 5,000 AI credits included until 1 Apr 2026, 02:00 CEST: "
        "1,000 are left.\n"
        "\n"
        "Used: 4,000\n"
        "Included: 5,000\n"
        "Left of what is included: 1,000\n"
        "Starts again: 1 Apr 2026, 02:00 CEST\n"
        "\n"
        "See the usage:\n"
        "https://billing.example/usage/\n"
        "\n"
        "--\n"
        "You get this because you look after the usage or the billing of Acme.\n"
        "Stop mails like this one: https://billing.example/unsubscribe/token/\n"
        "Tallybook · billing.example\n"
    )


@pytest.mark.parametrize("kind", list_kinds(), ids=lambda kind: str(kind.code))
@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_text_and_page_say_the_same_in_each_language(kind: Kind, language: str) -> None:
    letter = letter_of(kind.code, language=language)
    text = render_text(letter, language=language)
    html = render_html(letter, language=language)
    said = [letter.lead, letter.reason, *letter.notes]
    said += [word for row in letter.rows for word in row]
    assert letter.button is not None
    for words in (*said, letter.button.label, letter.button.url):
        assert words in text
        assert words in html
    assert f'<html lang="{language}">' in html


def test_money_numbers_and_times_are_those_of_the_language() -> None:
    receipt = letter_of("receipt", language="de")
    assert "10. März 2026, 13:00 CET" in receipt.lead
    assert receipt.rows[-1][1] == "355,81\N{NO-BREAK SPACE}$"
    assert "4.000" in letter_of("low_balance", language="de").lead


def test_a_currency_without_minor_units_has_none() -> None:
    paid = {"amount_minor": 35_581, "currency": "JPY"}
    assert letter_of("receipt", amount_paid=paid).subject == (
        "Receipt: ¥35,581 for invoice 4F2A81-0007"
    )


def test_a_payment_that_is_not_tried_again_says_so() -> None:
    assert letter_of("payment_failed", next_attempt_at=None).lead == (
        "The payment of $355.81 for invoice 4F2A81-0007 of Acme failed, and is not tried again by "
        "itself."
    )


def test_a_trial_without_a_payment_method_costs_nothing() -> None:
    letter = letter_of("trial_ending", end_reason="trial_without_card")
    assert letter.lead == (
        "The trial of Professional by Acme ends on 13 Mar 2026, 13:00 CET, and nothing is "
        "charged. With a payment method it goes on for $299.00 a month."
    )


def test_more_seats_are_told_of_as_seats() -> None:
    letter = letter_of("plan_changed", previous_attributes={"seats": 4})
    assert letter.subject == "Acme now has 5 seats"
    assert letter.lead == (
        "Acme has had 5 seats since 10 Mar 2026, 13:00 CET. Professional costs $299.00 a month."
    )


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"sells_overage": False}, "More is refused to apps that ask first."),
        (
            {"level": {"kind": "plan_limit"}, "limit": "9000", "used": "9000"},
            "reached the limit of its plan, 9,000 until 1 Apr 2026, 02:00 CEST. More is refused "
            "to apps that ask first.",
        ),
    ],
)
def test_what_is_used_up_says_what_follows(facts: dict[str, Any], end: str) -> None:
    assert letter_of("limit_reached", **facts).lead.endswith(end)


def test_a_cap_that_only_tells_refuses_nothing() -> None:
    assert letter_of("spend_cap", action="notify").lead.endswith(
        "Nothing is refused: this cap only tells."
    )


def test_what_gets_cheaper_is_said_to() -> None:
    assert letter_of("rate_change", credits="44").subject == (
        "From 1 Apr 2026 CEST on, Generate report takes only 44 instead of 50 AI credits"
    )


def test_only_types_that_are_announced_are_mailed() -> None:
    assert set(MAILED) <= {*BILLING, *METERING}


@pytest.mark.parametrize(
    ("type_", "facts", "code"),
    [
        ("invoice.paid", {"amount_paid": {"amount_minor": 0}}, None),
        ("invoice.paid", {"paid_at": "2026-03-08T12:00:00Z"}, None),
        ("invoice.paid", {}, "receipt"),
        ("subscription.updated", {"previous_attributes": {"status": "trialing"}}, None),
        ("subscription.updated", {"previous_attributes": {"seats": 4}}, "plan_changed"),
        ("subscription.end_scheduled", {"end_reason": "trial_without_card"}, None),
        ("subscription.end_scheduled", {"end_reason": "requested"}, "cancellation_scheduled"),
        ("top_up.paid", {"trigger": "automatic"}, "automatic_top_up"),
        ("top_up.paid", {"trigger": "person"}, "top_up_paid"),
        ("top_up.failed", {"trigger": "automatic"}, "automatic_top_up_failed"),
        ("top_up.failed", {"trigger": "person"}, "top_up_failed"),
        ("usage.threshold_crossed", {"level": {"kind": "percent", "value": "80"}}, "low_balance"),
        ("usage.threshold_crossed", {"level": {"kind": "percent", "value": "79"}}, "usage_level"),
        ("usage.threshold_crossed", {"level": {"kind": "percent", "value": "100"}}, "usage_level"),
        ("usage.threshold_crossed", {"level": {"kind": "credits", "value": "90"}}, "usage_level"),
        ("usage.threshold_crossed", {"level": {"kind": "money"}}, "spending_level"),
    ],
)
def test_which_mail_tells_of_an_event(type_: str, facts: dict[str, Any], code: str) -> None:
    receipt = find_kind("receipt")
    assert receipt is not None
    now = datetime(2026, 3, 10, 13, tzinfo=UTC)
    assert MAILED[type_]({**receipt.sample, **facts}, now) == code
