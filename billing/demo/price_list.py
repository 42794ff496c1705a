"""What the demo company sells, as plain values: meters, actions with their rates, flags, plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from metering.credits.rollover import Basis, RolloverPolicy

from ..choices import PriceKind, ValueType


@dataclass(frozen=True, slots=True)
class DemoMeter:
    """A meter, and the feature of the same code and name."""

    code: str
    name: str
    unit: str
    unit_plural: str
    description: str
    position: int


@dataclass(frozen=True, slots=True)
class DemoAction:
    """
    An action with its one rate. `cost` says in dollars what its parts cost; those that are `calls`
    to a model take so many tokens of input and of output, which come to the same.
    """

    code: str
    name: str
    name_plural: str
    description: str
    meter: str
    credits: int
    cost: Mapping[str, str]
    value: int | None = None
    value_note: str = ""
    calls: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoFlag:
    """An unmetered feature, and what organizations have whose plan does not name it."""

    code: str
    name: str
    value_type: ValueType
    description: str
    default: Any


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """
    A plan with its version on sale: prices in whole units per currency and interval, an allowance
    of one meter (None: unlimited) with overage prices, flags, and a trial (0 days: none).
    `first_prices` are those of a version before it, which had no trial and is still honoured.
    `resolved_ticket` is what each outcome of that kind costs; plans without it have none.
    """

    code: str
    name: str
    tagline: str
    seats: int | None
    prices: Mapping[tuple[str, str], int]
    meter: str
    allowance: int | None
    overage: Mapping[str, str]
    flags: Mapping[str, Any]
    rollover: RolloverPolicy | None = None
    price_kind: PriceKind = PriceKind.FIXED
    highlight: str = ""
    is_self_serve: bool = True
    trial_days: int = 0
    trial_needs_card: bool = True
    first_prices: Mapping[tuple[str, str], int] | None = None
    resolved_ticket: Mapping[str, str] = field(default_factory=dict)


RESOLUTIONS: Final = "ticket_resolutions"

METERS: Final = (
    DemoMeter(
        "ai_credits", "AI credits", "credit", "credits", "What every AI action is paid with.", 0
    ),
    DemoMeter(
        "documents", "Documents", "document", "documents", "Documents analyzed from end to end.", 7
    ),
    DemoMeter(
        "generations", "Generations", "generation", "generations", "Texts written on request.", 8
    ),
    DemoMeter(
        RESOLUTIONS,
        "Resolved tickets",
        "resolved ticket",
        "resolved tickets",
        "Support tickets that the assistant resolves; others cost nothing.",
        9,
    ),
)

ACTIONS: Final = (
    DemoAction(
        code="EXTRACT_TEXT",
        name="Text extraction",
        name_plural="text extractions",
        description="Extracts structured data from an invoice.",
        meter="ai_credits",
        credits=5,
        cost={"Text recognition": "0.01", "Model call": "0.02", "Storage": "0.005"},
        value=5,
        value_note="saves 5 to 10 minutes of manual data entry",
        calls={"Model call": (4_000, 1_000)},
    ),
    DemoAction(
        code="SUMMARIZE_SHORT",
        name="Summary",
        name_plural="summaries",
        description="Sums a long document up on half a page.",
        meter="ai_credits",
        credits=10,
        cost={"Model call": "0.17", "Vector database lookup": "0.02"},
        value=15,
        value_note="saves 15 to 20 minutes of reading",
        calls={"Model call": (28_000, 10_000)},
    ),
    DemoAction(
        code="GENERATE_REPORT",
        name="Report",
        name_plural="reports",
        description="Writes an analysis across a set of documents.",
        meter="ai_credits",
        credits=50,
        cost={
            "Model calls": "1.38",
            "Vector database lookups": "0.14",
            "Embeddings": "0.04",
            "PDF generation": "0.02",
        },
        value=150,
        value_note="saves 2 to 3 hours of analysis",
        calls={"Model calls": (232_000, 80_000)},
    ),
    DemoAction(
        code="PROCESS_DOCUMENT",
        name="Document",
        name_plural="documents",
        description="Reads, indexes and sums up one document.",
        meter="documents",
        credits=1,
        cost={
            "Model call, reading": "0.06",
            "Vector database lookup": "0.01",
            "Model call, summary": "0.04",
            "PDF generation": "0.01",
        },
        calls={"Model call, reading": (16_000, 2_000), "Model call, summary": (8_000, 2_000)},
    ),
    DemoAction(
        code="GENERATE_TEXT",
        name="Generated text",
        name_plural="generated texts",
        description="Writes a text from a few notes.",
        meter="generations",
        credits=1,
        cost={"Model call": "0.14"},
    ),
)

FLAGS: Final = (
    DemoFlag(
        "advanced_ai",
        "Advanced AI",
        ValueType.BOOLEAN,
        "The larger models, and reports across many documents.",
        default=False,
    ),
    DemoFlag(
        "sso", "SSO", ValueType.BOOLEAN, "Single sign-on with your own directory.", default=False
    ),
    DemoFlag(
        "support_level", "Support", ValueType.STRING, "How fast we answer.", default="standard"
    ),
    DemoFlag(
        "data_retention_days",
        "Retention (days)",
        ValueType.NUMBER,
        "How long results are kept.",
        default=30,
    ),
    DemoFlag(
        "api_rate_limit",
        "API requests/minute",
        ValueType.NUMBER,
        "What your own programs may send.",
        default=60,
    ),
    DemoFlag(
        "export_formats",
        "Export formats",
        ValueType.JSON,
        "The files that results can be taken out in.",
        default=["csv"],
    ),
)

CURRENT_PLANS: Final = (
    DemoPlan(
        code="starter",
        name="Starter",
        tagline="For a small team with its first AI work.",
        seats=5,
        prices={
            ("USD", "month"): 99,
            ("USD", "year"): 990,
            ("EUR", "month"): 95,
            ("EUR", "year"): 950,
        },
        meter="ai_credits",
        allowance=1_000,
        overage={"USD": "0.15", "EUR": "0.14"},
        flags={
            "support_level": "standard",
            "data_retention_days": 30,
            "api_rate_limit": 60,
            "export_formats": ["csv"],
        },
        trial_days=14,
        trial_needs_card=False,
        first_prices={
            ("USD", "month"): 79,
            ("USD", "year"): 790,
            ("EUR", "month"): 75,
            ("EUR", "year"): 750,
        },
    ),
    DemoPlan(
        code="professional",
        name="Professional",
        tagline="For a company that works with AI every day.",
        seats=20,
        prices={
            ("USD", "month"): 299,
            ("USD", "year"): 2_990,
            ("EUR", "month"): 279,
            ("EUR", "year"): 2_790,
        },
        meter="ai_credits",
        allowance=5_000,
        overage={"USD": "0.12", "EUR": "0.11"},
        rollover=RolloverPolicy(Basis.UNUSED, percent=25, term_periods=1),
        flags={
            "advanced_ai": True,
            "support_level": "priority",
            "data_retention_days": 180,
            "api_rate_limit": 600,
            "export_formats": ["csv", "xlsx"],
        },
        highlight="Most popular",
        trial_days=14,
        resolved_ticket={"USD": "0.99", "EUR": "0.89"},
    ),
    DemoPlan(
        code="enterprise",
        name="Enterprise",
        tagline="For many teams, with terms to match.",
        seats=None,
        prices={
            ("USD", "month"): 1_999,
            ("USD", "year"): 19_990,
            ("EUR", "month"): 1_849,
            ("EUR", "year"): 18_490,
        },
        meter="ai_credits",
        allowance=20_000,
        overage={"USD": "0.10", "EUR": "0.09"},
        rollover=RolloverPolicy(Basis.UNUSED, percent=50, cap_percent=100),
        flags={
            "advanced_ai": True,
            "sso": True,
            "support_level": "dedicated",
            "data_retention_days": 730,
            "api_rate_limit": 3_000,
            "export_formats": ["csv", "xlsx", "pdf"],
        },
        is_self_serve=False,
        resolved_ticket={"USD": "0.89", "EUR": "0.79"},
    ),
)

LEGACY_PLANS: Final = (
    DemoPlan(
        code="per_seat",
        name="Per seat",
        tagline="Unlimited document analysis for every seat.",
        seats=None,
        prices={("USD", "month"): 100},
        price_kind=PriceKind.PER_SEAT,
        meter="documents",
        allowance=None,
        overage={},
        flags={},
    ),
    DemoPlan(
        code="writer_per_seat",
        name="Writing assistant",
        tagline="Unlimited writing for every seat.",
        seats=None,
        prices={("USD", "month"): 50},
        price_kind=PriceKind.PER_SEAT,
        meter="generations",
        allowance=None,
        overage={},
        flags={},
    ),
    DemoPlan(
        code="team_seats",
        name="Team seats",
        tagline="As much AI as you like for every seat.",
        seats=None,
        prices={("USD", "month"): 75},
        price_kind=PriceKind.PER_SEAT,
        meter="ai_credits",
        allowance=None,
        overage={},
        flags={},
    ),
)
