"""Limits that people set, from setting them to being told, with real usage."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Organization, User, WebhookEvent
from billing.choices import AgreementStatus, CapAction, ThresholdUnit, WhenPastDue
from billing.entitlements.evaluation import Reason
from billing.entitlements.queries import get_entitlement
from billing.limits.crossings import Limit, LimitKind
from billing.limits.errors import (
    FeatureNotMetered,
    NothingToLimit,
    SpendCapNotFound,
    ThresholdExists,
    ThresholdNotFound,
    TooManyThresholds,
)
from billing.limits.operations import (
    MOST_THRESHOLDS,
    remove_spend_cap,
    remove_threshold,
    set_spend_cap,
    set_threshold,
)
from billing.limits.queries import (
    SpendCapView,
    find_spend_cap,
    list_crossings,
    list_reached,
    list_thresholds,
)
from billing.limits.terms import NO_LIMITS, ask_for_limits, read_limits
from billing.models import Agreement, LimitCrossing, SpendCap, UsageThreshold
from billing.usage import operations as usage_operations
from billing.usage.operations import (
    hold_usage,
    release_hold,
    report_usage,
    reverse_usage,
    settle_hold,
)
from config.kernel.errors import Invalid
from config.kernel.money import Money
from config.kernel.sql import Asked
from metering.operations import HoldRefused
from metering.usage.reports import HoldRequest, Outcome, Receipt
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    flag,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import report

LATER = SUBSCRIBED + timedelta(hours=1)
NEXT_PERIOD = datetime(2026, 10, 10, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme has 1,000 credits a month, and pays 15 cents for each further one."""
    return make_agreement(acme, "starter")


def use(
    organization: Organization,
    event_id: str,
    credits: int | str,
    *,
    at: datetime = LATER,
    meter: str = "ai_credits",
    **fields: Any,
) -> Receipt:
    [receipt] = report_usage(
        organization_id=organization.pk,
        reports=[report(event_id, credits, meter=meter, **fields)],
        api_key_id=None,
        received_at=at,
    )
    return receipt


def told(organization: Organization) -> list[str]:
    """The limits in the history, oldest first."""
    return [one.limit.name for one in reversed(list_crossings(organization=organization))]


def events_of_limits(organization: Organization) -> list[WebhookEvent]:
    """The events in the outbox that tell of a limit, oldest first."""
    events = WebhookEvent.objects.owned_by(organization)
    return list(events.filter(data__has_key="level").order_by("pk"))


def announced(organization: Organization) -> list[tuple[str, str]]:
    """The type of each of them, with the limit that it tells of."""
    return [(event.type, event.data["level"]["kind"]) for event in events_of_limits(organization)]


def ask_to_be_told(
    organization: Organization,
    actor: Actor,
    value: int | str,
    *,
    unit: str = ThresholdUnit.PERCENT,
    feature: str | None = "ai_credits",
) -> UsageThreshold:
    return set_threshold(
        organization=organization,
        unit=unit,
        value=Decimal(value),
        feature=None if unit == ThresholdUnit.MONEY else feature,
        actor=actor,
        now=SUBSCRIBED,
    )


def cap_at(
    organization: Organization,
    actor: Actor,
    minor: int,
    action: str = CapAction.STOP,
    *,
    now: datetime = LATER,
) -> SpendCap:
    return set_spend_cap(
        organization=organization, amount_minor=minor, action=action, actor=actor, now=now
    )


@pytest.fixture
def actor(alice: User) -> Actor:
    return Actor.for_user(alice)


class TestBeingTold:
    def test_the_levels_that_everybody_has_are_told_of_once_each(
        self, acme: Organization, agreement: Agreement
    ) -> None:
        for number, credits in enumerate((499, 1, 299, 1, 199, 1, 1, 1)):
            use(acme, f"evt_{number}", credits)
        assert told(acme) == ["percent:50", "percent:80", "percent:100", "allowance"]
        assert announced(acme) == [
            ("usage.threshold_crossed", "percent"),
            ("usage.threshold_crossed", "percent"),
            ("usage.threshold_crossed", "percent"),
            ("usage.limit_reached", "allowance"),
        ]

    def test_a_batch_that_jumps_tells_of_everything_on_its_way(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        ask_to_be_told(acme, actor, 25)
        ask_to_be_told(acme, actor, 600, unit=ThresholdUnit.CREDITS)
        ask_to_be_told(acme, actor, 30_00, unit=ThresholdUnit.MONEY)
        report_usage(
            organization_id=acme.pk,
            reports=[report(f"evt_{number}", 300) for number in range(4)],
            api_key_id=None,
            received_at=LATER,
        )
        assert told(acme) == [
            "percent:25",
            "percent:50",
            "percent:80",
            "percent:100",
            "credits:600",
            "allowance",
            "money:3000",
        ]

    def test_an_event_says_what_was_reached_where_and_when(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        ask_to_be_told(acme, actor, 15_00, unit=ThresholdUnit.MONEY)
        use(acme, "evt_1", "500.5")
        use(acme, "evt_2", 600)
        first, *_between, last = events_of_limits(acme)
        assert first.occurred_at == LATER
        assert first.data == {
            "feature": "ai_credits",
            "level": {"kind": "percent", "value": "50"},
            "used": "500.5",
            "allowance": "1000",
            "limit": None,
            "period_starts_at": "2026-09-10T08:00:00Z",
            "period_ends_at": "2026-10-10T08:00:00Z",
        }
        assert last.data == {
            "level": {"kind": "money", "amount_minor": 15_00, "currency": "USD"},
            "charged": {"amount_minor": 15_08, "currency": "USD"},
            "period_starts_at": "2026-09-10T08:00:00Z",
            "period_ends_at": "2026-10-10T08:00:00Z",
        }

    def test_usage_that_is_taken_back_and_comes_again_tells_nothing_new(
        self, acme: Organization, agreement: Agreement
    ) -> None:
        use(acme, "evt_1", 850)
        reverse_usage(organization_id=acme.pk, event_id="evt_1", reason="", now=LATER)
        use(acme, "evt_2", 850)
        assert told(acme) == ["percent:50", "percent:80"]
        assert len(announced(acme)) == 2

    def test_a_report_that_comes_twice_tells_once(
        self, acme: Organization, agreement: Agreement
    ) -> None:
        assert use(acme, "evt_1", 500).outcome == Outcome.ACCEPTED
        assert use(acme, "evt_1", 500).outcome == Outcome.DUPLICATE
        assert told(acme) == ["percent:50"]

    def test_the_next_period_tells_again(self, acme: Organization, agreement: Agreement) -> None:
        use(acme, "evt_1", 500)
        use(acme, "evt_2", 500, at=NEXT_PERIOD + timedelta(hours=2))
        assert told(acme) == ["percent:50", "percent:50"]
        starts = [one.period_starts_at for one in list_crossings(organization=acme)]
        assert starts == [NEXT_PERIOD, SUBSCRIBED]

    def test_settling_a_hold_is_usage(self, acme: Organization, agreement: Agreement) -> None:
        hold = hold_usage(
            organization_id=acme.pk,
            request=HoldRequest(
                key="hold-1",
                quantity=Decimal(900),
                body_sha256=b"1",
                lasts=timedelta(hours=1),
                meter="ai_credits",
            ),
            api_key_id=None,
            received_at=LATER,
        )
        assert told(acme) == []
        settle_hold(
            organization_id=acme.pk,
            hold_id=hold.public_id,
            report=report("evt_1", 700),
            api_key_id=None,
            received_at=LATER,
        )
        assert told(acme) == ["percent:50"]

    def test_nobody_else_is_told(
        self, acme: Organization, globex: Organization, agreement: Agreement
    ) -> None:
        make_agreement(globex, "starter")
        use(acme, "evt_1", 1_000)
        assert told(globex) == []
        assert announced(globex) == []

    def test_without_an_agreement_there_is_nothing_to_tell(self, acme: Organization) -> None:
        assert use(acme, "evt_1", 1_000).outcome == Outcome.REJECTED
        assert told(acme) == []

    def test_usage_that_reaches_nothing_costs_no_query_for_it(
        self, acme: Organization, agreement: Agreement
    ) -> None:
        use(acme, "evt_1", 10)
        with CaptureQueriesContext(connection) as queries:
            use(acme, "evt_2", 10)
        assert [query["sql"] for query in queries if "limitcrossing" in query["sql"]] == []

    def test_what_was_told_stays(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        threshold = ask_to_be_told(acme, actor, 10)
        use(acme, "evt_1", 100)
        remove_threshold(
            organization=acme, threshold_id=threshold.public_id, actor=actor, now=LATER
        )
        assert told(acme) == ["percent:10"]
        for change in (
            lambda: LimitCrossing.objects.update(limit="percent:11"),
            lambda: LimitCrossing.objects.all().delete(),
        ):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()
        assert told(acme) == ["percent:10"]

    def test_the_history_has_pages(self, acme: Organization, agreement: Agreement) -> None:
        use(acme, "evt_1", 1_000)
        newest, second = list_crossings(organization=acme, limit=2)
        assert [newest.limit.name, second.limit.name] == ["allowance", "percent:100"]
        older = list_crossings(organization=acme, before_id=second.id)
        assert [one.limit.name for one in older] == ["percent:80", "percent:50"]

    def test_what_a_period_has_reached_is_known_by_feature_and_limit(
        self, acme: Organization, agreement: Agreement
    ) -> None:
        use(acme, "evt_1", 500)
        half = Limit(LimitKind.PERCENT, Decimal(50))
        found = list_reached(organization=acme, period_starts_at=SUBSCRIBED)
        assert found == {("ai_credits", half): LATER}
        assert list_reached(organization=acme, period_starts_at=NEXT_PERIOD) == {}


class TestThresholds:
    def test_they_are_listed_with_what_they_measure(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        ask_to_be_told(acme, actor, 50_00, unit=ThresholdUnit.MONEY)
        ask_to_be_told(acme, actor, 90)
        ask_to_be_told(acme, actor, "12.5", unit=ThresholdUnit.CREDITS)
        assert [
            (one.unit, one.feature, one.value, one.amount)
            for one in list_thresholds(organization=acme)
        ] == [
            ("credits", "ai_credits", Decimal("12.5"), None),
            ("percent", "ai_credits", Decimal(90), None),
            ("money", None, None, Money(50_00, "USD")),
        ]

    def test_who_set_and_removed_one_is_written_down(
        self, acme: Organization, agreement: Agreement, actor: Actor, alice: User
    ) -> None:
        threshold = ask_to_be_told(acme, actor, 90)
        remove_threshold(
            organization=acme, threshold_id=threshold.public_id, actor=actor, now=LATER
        )
        assert list_thresholds(organization=acme) == []
        entries = AuditEntry.objects.filter(target=threshold.public_id).order_by("pk")
        assert [(entry.action, entry.user, entry.changes) for entry in entries] == [
            (
                "usage_threshold.set",
                alice,
                {
                    "feature": [None, "ai_credits"],
                    "unit": [None, "percent"],
                    "value": [None, "90"],
                },
            ),
            (
                "usage_threshold.removed",
                alice,
                {
                    "feature": ["ai_credits", None],
                    "unit": ["percent", None],
                    "value": ["90", None],
                },
            ),
        ]

    @pytest.mark.parametrize(
        ("unit", "value"),
        [
            ("percent", "0"),
            ("percent", "-1"),
            ("percent", "12.5"),
            ("percent", "1001"),
            ("percent", "NaN"),
            ("percent", "Infinity"),
            ("percent", "1E+40"),
            ("credits", "0"),
            ("credits", "-0.5"),
            ("credits", "0.0000001"),
            ("credits", "1000000000.000001"),
            ("credits", "1E-40"),
            ("money", "0"),
            ("money", "0.5"),
            ("money", "1000000000000"),
            ("furlong", "1"),
        ],
    )
    def test_a_level_that_cannot_be_is_refused(
        self, acme: Organization, agreement: Agreement, actor: Actor, unit: str, value: str
    ) -> None:
        with pytest.raises(Invalid):
            ask_to_be_told(acme, actor, value, unit=unit)
        assert not UsageThreshold.objects.exists()

    @pytest.mark.parametrize(
        ("unit", "value"),
        [
            ("percent", "1"),
            ("percent", "1000"),
            ("credits", "0.000001"),
            ("credits", "1000000000"),
            ("money", "1"),
            ("money", "999999999999"),
        ],
    )
    def test_the_ends_of_the_range_can_be(
        self, acme: Organization, agreement: Agreement, actor: Actor, unit: str, value: str
    ) -> None:
        assert ask_to_be_told(acme, actor, value, unit=unit).value == Decimal(value)

    def test_money_is_counted_over_all_features(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        with pytest.raises(Invalid):
            set_threshold(
                organization=acme,
                unit="money",
                value=Decimal(1),
                feature="ai_credits",
                actor=actor,
                now=LATER,
            )

    @pytest.mark.parametrize("value", ["90", "90.000000", "50", "100"])
    def test_nobody_is_told_twice_of_the_same(
        self, acme: Organization, agreement: Agreement, actor: Actor, value: str
    ) -> None:
        ask_to_be_told(acme, actor, 90)
        with pytest.raises(ThresholdExists):
            ask_to_be_told(acme, actor, value)

    @pytest.mark.parametrize("feature", [None, "", "documents", "advanced_ai", "nothing"])
    def test_only_what_the_plan_counts_has_levels(
        self, acme: Organization, agreement: Agreement, actor: Actor, feature: str | None
    ) -> None:
        with pytest.raises(FeatureNotMetered):
            ask_to_be_told(acme, actor, 90, feature=feature)

    def test_what_is_unlimited_has_quantities_but_no_percentages(
        self, catalog: ArticleCatalog, acme: Organization, actor: Actor
    ) -> None:
        make_agreement(acme, "per_seat")
        with pytest.raises(Invalid):
            ask_to_be_told(acme, actor, 90, feature="documents")
        ask_to_be_told(acme, actor, 90, unit=ThresholdUnit.CREDITS, feature="documents")
        use(acme, "evt_1", 90, meter="documents")
        assert told(acme) == ["credits:90"]

    def test_there_are_only_so_many(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        for value in range(1, MOST_THRESHOLDS + 1):
            ask_to_be_told(acme, actor, value)
        with pytest.raises(TooManyThresholds):
            ask_to_be_told(acme, actor, 99)

    def test_without_an_agreement_there_is_nothing_to_limit(
        self, acme: Organization, actor: Actor
    ) -> None:
        with pytest.raises(NothingToLimit):
            ask_to_be_told(acme, actor, 90)
        with pytest.raises(NothingToLimit):
            cap_at(acme, actor, 1)

    def test_another_organization_s_threshold_is_not_found(
        self, acme: Organization, globex: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        threshold = ask_to_be_told(acme, actor, 90)
        with pytest.raises(ThresholdNotFound):
            remove_threshold(
                organization=globex, threshold_id=threshold.public_id, actor=actor, now=LATER
            )
        assert len(list_thresholds(organization=acme)) == 1
        assert list_thresholds(organization=globex) == []


class TestSpendCap:
    def test_it_is_set_changed_and_taken_away_and_that_is_written_down(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        assert find_spend_cap(organization=acme) is None
        cap_at(acme, actor, 50_00)
        cap_at(acme, actor, 50_00)
        cap_at(acme, actor, 50_00, CapAction.NOTIFY)
        assert find_spend_cap(organization=acme) == SpendCapView(
            Money(50_00, "USD"), CapAction.NOTIFY
        )
        remove_spend_cap(organization=acme, actor=actor, now=LATER)
        assert find_spend_cap(organization=acme) is None
        with pytest.raises(SpendCapNotFound):
            remove_spend_cap(organization=acme, actor=actor, now=LATER)
        entries = AuditEntry.objects.filter(target=acme.code, action__startswith="spend_cap")
        assert [(entry.action, entry.changes) for entry in entries.order_by("pk")] == [
            (
                "spend_cap.set",
                {
                    "amount_minor": [None, 50_00],
                    "currency": [None, "USD"],
                    "action": [None, "stop"],
                },
            ),
            ("spend_cap.set", {"action": ["stop", "notify"]}),
            (
                "spend_cap.removed",
                {
                    "amount_minor": [50_00, None],
                    "currency": ["USD", None],
                    "action": ["notify", None],
                },
            ),
        ]

    @pytest.mark.parametrize(
        ("minor", "action"), [(-1, "stop"), (10**12, "stop"), (1, "explode"), (1, "")]
    )
    def test_a_cap_that_cannot_be_is_refused(
        self, acme: Organization, agreement: Agreement, actor: Actor, minor: int, action: str
    ) -> None:
        with pytest.raises(Invalid):
            cap_at(acme, actor, minor, action)
        assert find_spend_cap(organization=acme) is None

    def test_stop_refuses_what_would_cost_more_and_says_why(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00)
        assert use(acme, "evt_1", 1_090, enforce=True).overage == Decimal(90)
        refused = use(acme, "evt_2", 11, enforce=True)
        assert (refused.outcome, refused.reason) == (Outcome.REJECTED, "spend_cap_reached")
        assert use(acme, "evt_3", 10, enforce=True).overage == Decimal(10)
        assert use(acme, "evt_4", "0.000001", enforce=True).outcome == Outcome.REJECTED

    def test_a_refusal_tells_that_the_cap_is_reached_though_the_charges_are_below_it(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00)
        use(acme, "evt_1", 1_090, enforce=True)
        use(acme, "evt_2", 11, enforce=True)
        use(acme, "evt_3", 11, enforce=True)
        use(acme, "evt_4", 10, enforce=True)
        assert told(acme)[-1] == "spend_cap:1500"
        events = WebhookEvent.objects.owned_by(acme).filter(type="spend_cap.reached")
        assert [event.data for event in events] == [
            {
                "level": {"kind": "spend_cap", "amount_minor": 15_00, "currency": "USD"},
                "charged": {"amount_minor": 13_50, "currency": "USD"},
                "period_starts_at": "2026-09-10T08:00:00Z",
                "period_ends_at": "2026-10-10T08:00:00Z",
            }
        ]

    def test_a_hold_that_the_cap_refuses_tells_as_well(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 0)
        with pytest.raises(HoldRefused):
            hold_usage(
                organization_id=acme.pk,
                request=HoldRequest(
                    key="hold-1",
                    quantity=Decimal(1_001),
                    body_sha256=b"1",
                    lasts=timedelta(hours=1),
                    meter="ai_credits",
                ),
                api_key_id=None,
                received_at=LATER,
            )
        assert told(acme) == ["spend_cap:0"]

    def test_plain_usage_is_recorded_past_it_and_told_of(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00)
        assert use(acme, "evt_1", 2_000).overage == Decimal(1_000)
        assert told(acme)[-1] == "spend_cap:1500"

    def test_credits_that_are_left_may_be_used_although_it_is_reached(
        self, catalog: ArticleCatalog, acme: Organization, actor: Actor
    ) -> None:
        both(catalog, acme)
        cap_at(acme, actor, 5_00)
        use(acme, "evt_1", 20, meter="documents")
        assert use(acme, "evt_2", 100, enforce=True).outcome == Outcome.ACCEPTED
        refused = use(acme, "evt_3", 1, enforce=True)
        assert refused.reason == "spend_cap_reached"

    def test_notify_only_tells(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00, CapAction.NOTIFY)
        assert use(acme, "evt_1", 2_000, enforce=True).outcome == Outcome.ACCEPTED
        assert told(acme)[-1] == "spend_cap:1500"

    def test_a_cap_below_what_is_spent_is_reached_at_once(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        use(acme, "evt_1", 1_100)
        cap_at(acme, actor, 15_01)
        assert "spend_cap:1501" not in told(acme)
        cap_at(acme, actor, 15_00)
        cap_at(acme, actor, 15_00, CapAction.NOTIFY)
        assert told(acme)[-1] == "spend_cap:1500"
        assert told(acme).count("spend_cap:1500") == 1

    def test_a_higher_cap_is_another_limit(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00)
        use(acme, "evt_1", 1_100)
        cap_at(acme, actor, 30_00)
        use(acme, "evt_2", 100)
        assert told(acme)[-2:] == ["spend_cap:1500", "spend_cap:3000"]

    def test_it_starts_again_with_the_period(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00)
        use(acme, "evt_1", 1_100, enforce=True)
        assert use(acme, "evt_2", 1, enforce=True).outcome == Outcome.REJECTED
        later = NEXT_PERIOD + timedelta(hours=2)
        assert use(acme, "evt_3", 1_100, at=later, enforce=True).outcome == Outcome.ACCEPTED
        assert use(acme, "evt_4", 1, at=later, enforce=True).outcome == Outcome.REJECTED

    @pytest.mark.parametrize("size", [1, 2, 5])
    def test_the_features_share_it(
        self, catalog: ArticleCatalog, acme: Organization, actor: Actor, size: int
    ) -> None:
        """$10: 50 credits at 10 cents and 5 documents at a dollar, in batches of any size."""
        both(catalog, acme)
        cap_at(acme, actor, 10_00)
        reports = [
            report("all-that-is-included", 100, enforce=True),
            report("evt_1", 50, enforce=True),
            report("evt_2", 15, meter="documents", enforce=True),
            report("evt_3", 1, enforce=True),
            report("evt_4", 1, meter="documents", enforce=True),
        ]
        outcomes = [
            receipt.outcome
            for start in range(0, len(reports), size)
            for receipt in report_usage(
                organization_id=acme.pk,
                reports=reports[start : start + size],
                api_key_id=None,
                received_at=LATER,
            )
        ]
        assert outcomes == [Outcome.ACCEPTED] * 3 + [Outcome.REJECTED] * 2

    def test_bounds_are_read_again_only_for_use_that_asks(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        actor: Actor,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """$10: both features by turns, 10 documents of which none is over and 10 credits over."""
        both(catalog, acme)
        cap_at(acme, actor, 10_00)
        use(acme, "all-that-is-included", 100)
        reads = []

        def ask_and_count(*, organization_id: int) -> Asked:
            reads.append(organization_id)
            return ask_for_limits(organization_id=organization_id)

        monkeypatch.setattr(usage_operations, "ask_for_limits", ask_and_count)
        by_turns = [
            report(f"{meter}_{turn}", 1, meter=meter)
            for turn in range(10)
            for meter in ("documents", "ai_credits")
        ]
        asking = [
            report("evt_1", 90, enforce=True),
            report("evt_2", 1, enforce=True),
            report("evt_3", 1, meter="documents", enforce=True),
        ]
        receipts = report_usage(
            organization_id=acme.pk,
            reports=[*by_turns, *asking],
            api_key_id=None,
            received_at=LATER,
        )
        assert [receipt.event_id for receipt in receipts[:2]] == ["documents_0", "ai_credits_0"]
        assert [receipt.outcome for receipt in receipts] == (
            [Outcome.ACCEPTED] * 21 + [Outcome.REJECTED] * 2
        )
        assert len(reads) == 3

    def test_an_open_hold_of_one_feature_is_gone_for_the_others(
        self, catalog: ArticleCatalog, acme: Organization, actor: Actor
    ) -> None:
        both(catalog, acme)
        cap_at(acme, actor, 10_00)
        use(acme, "all-that-is-included", 100)
        held = hold_usage(
            organization_id=acme.pk,
            request=HoldRequest(
                key="hold-1",
                quantity=Decimal(90),
                body_sha256=b"1",
                lasts=timedelta(hours=1),
                meter="ai_credits",
            ),
            api_key_id=None,
            received_at=LATER,
        )
        refused = use(acme, "evt_1", 12, meter="documents", enforce=True)
        assert refused.reason == "spend_cap_reached"
        release_hold(organization_id=acme.pk, hold_id=held.public_id, now=LATER)
        again = use(acme, "evt_1", 12, meter="documents", enforce=True)
        assert again.outcome == Outcome.ACCEPTED


class TestWhatEntitlementsSay:
    def reason(self, organization: Organization, feature: str = "ai_credits") -> Reason:
        return get_entitlement(organization=organization, feature=feature, now=LATER).reason

    def test_a_cap_that_stops_ends_overage(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 15_00)
        assert self.reason(acme) == Reason.INCLUDED
        use(acme, "evt_1", 1_050)
        assert self.reason(acme) == Reason.OVERAGE
        use(acme, "evt_2", 50)
        found = get_entitlement(organization=acme, feature="ai_credits", now=LATER)
        assert (found.allowed, found.reason) == (False, Reason.SPEND_CAP_REACHED)
        assert found.upgrade_plan is None

    def test_a_cap_that_only_tells_ends_nothing(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 0, CapAction.NOTIFY)
        use(acme, "evt_1", 1_050)
        assert self.reason(acme) == Reason.OVERAGE

    def test_a_cap_of_nothing_leaves_what_is_included(
        self, acme: Organization, agreement: Agreement, actor: Actor
    ) -> None:
        cap_at(acme, actor, 0)
        use(acme, "evt_1", 999)
        assert self.reason(acme) == Reason.INCLUDED
        use(acme, "evt_2", 1)
        assert self.reason(acme) == Reason.SPEND_CAP_REACHED

    def test_what_refuses_while_a_payment_is_overdue_says_so(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        both(catalog, acme)
        Agreement.objects.update(status=AgreementStatus.PAST_DUE)
        assert self.reason(acme, "documents") == Reason.PAYMENT_OVERDUE
        assert self.reason(acme) == Reason.INCLUDED
        assert use(acme, "evt_1", 1, meter="documents", enforce=True).reason == "payment_overdue"
        assert use(acme, "evt_2", 1, meter="documents").outcome == Outcome.ACCEPTED
        assert use(acme, "evt_3", 1, enforce=True).outcome == Outcome.ACCEPTED

    def test_held_credits_count_towards_a_limit(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "bounded"),
            metered(catalog.credits, 100, overage="0.10", limit=150),
            flag(catalog.advanced_ai, True),
            prices=(fixed("9"),),
        )
        make_agreement(acme, "bounded")
        hold_usage(
            organization_id=acme.pk,
            request=HoldRequest(
                key="hold-1",
                quantity=Decimal(150),
                body_sha256=b"1",
                lasts=timedelta(hours=1),
                meter="ai_credits",
            ),
            api_key_id=None,
            received_at=LATER,
        )
        assert self.reason(acme) == Reason.LIMIT_REACHED


def test_limits_are_read_as_they_were_set(
    acme: Organization, agreement: Agreement, actor: Actor
) -> None:
    assert read_limits(ask_for_limits(organization_id=acme.pk)) == NO_LIMITS
    ask_to_be_told(acme, actor, "0.000001", unit=ThresholdUnit.CREDITS)
    cap_at(acme, actor, 15_00)
    use(acme, "evt_1", "1000.5")
    limits = read_limits(ask_for_limits(organization_id=acme.pk))
    assert limits.cap is not None
    assert (limits.cap.amount, limits.cap.action) == (Money(15_00, "USD"), CapAction.STOP)
    assert [(one.unit, one.value) for one in limits.thresholds] == [
        (ThresholdUnit.CREDITS, Decimal("0.000001"))
    ]
    assert list(limits.overage_at(LATER).values()) == [Decimal("0.5")]
    other = make_organization("Initech")
    assert read_limits(ask_for_limits(organization_id=other.pk)) == NO_LIMITS


def both(catalog: ArticleCatalog, organization: Organization) -> Agreement:
    """An agreement on 100 credits and 10 documents; documents are refused when overdue."""
    make_version(
        make_plan(catalog.current, "both"),
        metered(catalog.credits, 100, overage="0.10"),
        metered(catalog.documents, 10, overage="1", when_past_due=WhenPastDue.REFUSE),
        prices=(fixed("9"),),
    )
    return make_agreement(organization, "both")
