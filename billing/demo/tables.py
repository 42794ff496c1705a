"""The pricing tables that visitors of the demo see: what is on sale, and a short one for spring."""

from datetime import datetime
from typing import Final

from accounts.audit.actor import SYSTEM

from ..models import PlanGroup
from ..pricing_tables.content import CardContent, CardTexts, TableContent, TableTexts
from ..pricing_tables.operations import (
    TableDetails,
    create_pricing_table,
    edit_draft,
    make_default,
    publish,
    set_live,
)

_STANDARD: Final = TableContent(
    cards=(
        CardContent(
            "starter",
            texts={"de": CardTexts(description="Für ein kleines Team mit den ersten KI-Aufgaben.")},
        ),
        CardContent(
            "professional",
            is_highlighted=True,
            texts={
                "de": CardTexts(
                    description="Für Teams, die jeden Tag mit KI arbeiten.",
                    highlight="Am beliebtesten",
                )
            },
        ),
        CardContent(
            "enterprise",
            texts={
                "de": CardTexts(
                    description="Für Unternehmen mit eigenen Regeln.",
                    call_to_action="Mit uns sprechen",
                )
            },
        ),
    ),
)

_SPRING: Final = TableContent(
    cards=(
        CardContent(
            "starter",
            is_highlighted=True,
            texts={
                "en": CardTexts(
                    description="Everything that a first project needs.",
                    call_to_action="Try Starter",
                    highlight="Start here",
                    features_heading="In your first month",
                    features=(
                        "20 reports, or 100 summaries",
                        "Five colleagues at no extra price",
                        "An alert before the credits run out",
                        "A switch to Professional on any day",
                    ),
                ),
                "de": CardTexts(
                    description="Alles, was ein erstes Projekt braucht.",
                    call_to_action="Starter ausprobieren",
                    highlight="Hier beginnen",
                    features_heading="In Ihrem ersten Monat",
                    features=(
                        "20 Berichte oder 100 Zusammenfassungen",
                        "Fünf Plätze ohne Aufpreis",
                        "Ein Hinweis, bevor die Credits aufgebraucht sind",
                        "Wechsel zu Professional an jedem Tag",
                    ),
                ),
            },
        ),
        CardContent(
            "professional",
            texts={
                "en": CardTexts(description="When the first project has become a habit."),
                "de": CardTexts(description="Wenn aus dem ersten Projekt Gewohnheit wurde."),
            },
        ),
    ),
    texts={
        "en": TableTexts(
            "Start small this spring.",
            "Two plans to begin with, at the prices of every other day of the year.",
        ),
        "de": TableTexts(
            "Klein anfangen, in diesem Frühling.",
            "Zwei Tarife für den Anfang, zu den Preisen aller anderen Tage des Jahres.",
        ),
    },
)


def create_tables(*, now: datetime) -> None:
    """Show what is on sale as the default table, and two of the plans under `spring_promo`."""
    group = PlanGroup.objects.get(code="current")
    for key, name, content in (
        ("standard", "Standard", _STANDARD),
        ("spring_promo", "Spring promotion", _SPRING),
    ):
        details = TableDetails(key, name, group)
        table = create_pricing_table(details=details, actor=SYSTEM, now=now)
        edit_draft(table=table, content=content, actor=SYSTEM, now=now)
        publish(table=table, actor=SYSTEM, now=now)
        set_live(table=table, is_live=True, actor=SYSTEM, now=now)
        if key == "standard":
            make_default(table=table, actor=SYSTEM, now=now)
