from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry, Organization
from billing.agreements.operations import cancel_agreement
from billing.choices import AgreementStatus, ValueType, WhenPastDue
from billing.entitlements.evaluation import Reason
from billing.entitlements.queries import (
    Flag,
    FlagNotFound,
    FlagSource,
    UpgradePlan,
    get_entitlement,
    get_flag,
    list_entitlements,
    list_flags,
)
from billing.entitlements.standing import read_standing
from billing.flags.member import InvalidMember
from billing.flags.operations import (
    NotAFlag,
    OverrideNotFound,
    TooManyOverrides,
    remove_override,
    set_override,
)
from billing.flags.queries import OverrideView, list_overrides
from billing.flags.values import UnfitValue
from billing.models import Agreement, CatalogRevision, Feature, FlagOverride
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_flag,
    make_plan,
    make_version,
)


def override(
    organization: Organization, value: Any, *, key: str = "advanced_ai", member: str | None = None
) -> FlagOverride:
    return set_override(
        organization=organization,
        key=key,
        member=member,
        value=value,
        actor=STAFF,
        reason="Asked for it",
        now=SUBSCRIBED,
    )


def remove(
    organization: Organization, *, key: str = "advanced_ai", member: str | None = None
) -> None:
    remove_override(
        organization=organization,
        key=key,
        member=member,
        actor=STAFF,
        reason="Over",
        now=SUBSCRIBED,
    )


def value_of(
    organization: Organization, key: str = "advanced_ai", member: str | None = None
) -> tuple[Any, str]:
    found = get_flag(organization=organization, key=key, member=member, now=SUBSCRIBED)
    return found.value, found.source.value


class TestOrder:
    def test_default_then_plan_then_organization_then_user(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert value_of(acme, "support") == ("mail", "default")
        make_agreement(acme, "enterprise")
        assert value_of(acme, "support") == ("phone", "plan")
        override(acme, "pager", key="support")
        assert value_of(acme, "support") == ("pager", "organization")
        override(acme, "visit", key="support", member="u_17")
        assert value_of(acme, "support", "u_17") == ("visit", "user")
        assert value_of(acme, "support", "u_18") == ("pager", "organization")
        assert value_of(acme, "support") == ("pager", "organization")

    def test_each_removal_brings_back_what_was_below(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "professional")
        override(acme, False)
        override(acme, True, member="u_17")
        assert value_of(acme, member="u_17") == (True, "user")
        remove(acme, member="u_17")
        assert value_of(acme, member="u_17") == (False, "organization")
        remove(acme)
        assert value_of(acme, member="u_17") == (True, "plan")

    def test_an_override_is_one_organization_s(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        override(acme, True)
        override(acme, True, member="u_17")
        assert value_of(globex) == (False, "default")
        assert value_of(globex, member="u_17") == (False, "default")

    def test_an_override_outlives_plan_and_agreement(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        override(acme, True)
        agreement = make_agreement(acme, "starter")
        assert value_of(acme) == (True, "organization")
        cancel_agreement(agreement=agreement, actor=STAFF, reason="gone", now=SUBSCRIBED)
        assert value_of(acme) == (True, "organization")

    def test_a_flag_of_private_plans_is_known_where_it_is_overridden(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_flag("secret_lab")
        with pytest.raises(FlagNotFound):
            value_of(acme, "secret_lab")
        override(acme, True, key="secret_lab")
        assert "secret_lab" in [
            found.key for found in list_flags(organization=acme, now=SUBSCRIBED)
        ]
        with pytest.raises(FlagNotFound):
            value_of(globex, "secret_lab")

    def test_what_is_answered_is_nobody_else_s_to_change(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_flag("formats", value_type=ValueType.JSON, default_value=["pdf"])
        found = get_flag(organization=acme, key="formats", now=SUBSCRIBED)
        found.value.append("csv")
        assert value_of(acme, "formats") == (["pdf"], "default")


class TestEntitlements:
    def test_an_override_decides_what_the_plan_does_not_have(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        before = get_entitlement(organization=acme, feature="advanced_ai", now=SUBSCRIBED)
        assert (before.allowed, before.reason) == (False, Reason.NOT_IN_PLAN)
        assert before.upgrade_plan == UpgradePlan("professional", "Professional")
        override(acme, True)
        found = get_entitlement(organization=acme, feature="advanced_ai", now=SUBSCRIBED)
        assert (found.allowed, found.reason, found.value) == (True, Reason.OVERRIDE, True)

    def test_an_override_can_take_away_and_no_plan_would_help(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "professional")
        override(acme, False)
        found = get_entitlement(organization=acme, feature="advanced_ai", now=SUBSCRIBED)
        assert (found.allowed, found.reason, found.upgrade_plan) == (False, Reason.OVERRIDE, None)

    def test_a_person_s_override_is_that_person_s(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        override(acme, True, member="u_17")
        for member, allowed in (("u_17", True), ("u_18", False), (None, False)):
            [found] = [
                item
                for item in list_entitlements(organization=acme, now=SUBSCRIBED, member=member)
                if item.feature == "advanced_ai"
            ]
            assert found.allowed is allowed

    def test_a_late_payment_takes_what_the_plan_gave_but_not_what_was_overridden(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        strict = make_flag("strict")
        refusing = flag(strict, True)
        refusing = type(refusing)(strict, value=True, when_past_due=WhenPastDue.REFUSE)
        make_version(make_plan(catalog.current, "dear"), refusing, prices=(fixed("9"),))
        make_agreement(acme, "dear")
        Agreement.objects.update(status=AgreementStatus.PAST_DUE)
        late = get_entitlement(organization=acme, feature="strict", now=SUBSCRIBED)
        assert (late.allowed, late.reason) == (False, Reason.PAYMENT_OVERDUE)
        assert value_of(acme, "strict") == (True, "plan")
        override(acme, True, key="strict")
        found = get_entitlement(organization=acme, feature="strict", now=SUBSCRIBED)
        assert (found.allowed, found.reason) == (True, Reason.OVERRIDE)


class TestWriting:
    def test_each_change_is_written_down_once(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        override(acme, True, member="u_17")
        override(acme, True, member="u_17")
        override(acme, False, member="u_17")
        remove(acme, member="u_17")
        entries = AuditEntry.objects.filter(organization=acme, action__startswith="flag_override.")
        assert list(
            entries.order_by("pk").values_list("action", "target", "changes", "reason")
        ) == [
            (
                "flag_override.set",
                "advanced_ai",
                {"value": [None, True], "member": [None, "u_17"]},
                "Asked for it",
            ),
            (
                "flag_override.set",
                "advanced_ai",
                {"value": [True, False], "member": [None, "u_17"]},
                "Asked for it",
            ),
            (
                "flag_override.removed",
                "advanced_ai",
                {"value": [False, None], "member": ["u_17", None]},
                "Over",
            ),
        ]

    def test_what_is_not_overridden_cannot_be_removed(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        override(globex, True)
        override(acme, True, member="u_17")
        with pytest.raises(OverrideNotFound):
            remove(acme)

    @pytest.mark.parametrize(
        ("value_type", "fitting", "misfits"),
        [
            ("boolean", True, [1, "true", None, [], {}]),
            ("string", "x", [1, True, None, "a\0b", "\ud800", ["x"], "x" * 9_000]),
            ("number", 2.5, ["2", True, None, 2**53, 1e300, [1]]),
            ("json", {"a": [1, "x", None]}, [None, {"a": 2**60}, ["\0"], {"\0": 1}, ["x" * 9_000]]),
        ],
    )
    def test_values_are_of_the_flag_s_type(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        value_type: str,
        fitting: Any,
        misfits: list[Any],
    ) -> None:
        make_flag("typed", value_type=value_type)
        for misfit in misfits:
            with pytest.raises(UnfitValue):
                override(acme, misfit, key="typed")
        override(acme, fitting, key="typed")
        assert value_of(acme, "typed") == (fitting, "organization")

    @pytest.mark.parametrize("written", [20.0, 20, -0.5, 2**53 - 1])
    def test_numbers_come_back_as_they_were_written(
        self, catalog: ArticleCatalog, acme: Organization, written: Any
    ) -> None:
        make_flag("ratio", value_type=ValueType.NUMBER)
        override(acme, 1, key="ratio")
        override(acme, written, key="ratio")
        value, _ = value_of(acme, "ratio")
        assert (value, type(value)) == (written, type(written))

    def test_only_flags_are_overridden(self, catalog: ArticleCatalog, acme: Organization) -> None:
        with pytest.raises(NotAFlag):
            override(acme, 5, key="ai_credits")
        with pytest.raises(FlagNotFound):
            override(acme, True, key="nothing")

    @pytest.mark.parametrize("member", ["", " u", "u ", "a\nb", "a\0b", "\u200b", "x" * 129])
    def test_a_person_has_a_name_that_can_be_seen(
        self, catalog: ArticleCatalog, acme: Organization, member: str
    ) -> None:
        with pytest.raises(InvalidMember):
            override(acme, True, member=member)

    def test_one_person_has_one_name(self, catalog: ArticleCatalog, acme: Organization) -> None:
        override(acme, True, member="Zoe\u0301 \U0001f600")
        assert value_of(acme, member="Zo\xe9 \U0001f600") == (True, "user")

    def test_an_organization_has_a_bounded_number(
        self, catalog: ArticleCatalog, acme: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing.flags.operations.MOST_OVERRIDES", 1)
        override(acme, True)
        override(acme, False)
        with pytest.raises(TooManyOverrides):
            override(acme, True, member="u_17")

    def test_overrides_are_listed_for_everybody_or_for_one(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        override(acme, "visit", key="support")
        override(acme, True)
        override(acme, False, member="u_17")
        override(globex, True)
        ours = OverrideView("advanced_ai", "Advanced AI", "boolean", True, None)
        support = OverrideView("support", "Support", "string", "visit", None)
        theirs = OverrideView("advanced_ai", "Advanced AI", "boolean", False, "u_17")
        assert list_overrides(organization=acme) == [ours, support]
        assert list_overrides(organization=acme, member="u_17") == [theirs]
        assert list_overrides(organization=acme, member="u_18") == []


class TestDatabase:
    @pytest.mark.parametrize(
        ("key", "value"),
        [("advanced_ai", "true"), ("support", 1), ("advanced_ai", None), ("ai_credits", 5)],
    )
    def test_it_holds_values_to_their_type(
        self, catalog: ArticleCatalog, acme: Organization, key: str, value: Any
    ) -> None:
        feature = Feature.objects.get(code=key)
        written = "null" if value is None else repr(value).replace("'", '"')
        with (
            pytest.raises(IntegrityError, match="of its type"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO billing_flagoverride (organization_id, feature_id, member, value)"
                " VALUES (%s, %s, '', %s::jsonb)",
                [acme.pk, feature.pk, written],
            )

    def test_one_value_for_one_person(self, catalog: ArticleCatalog, acme: Organization) -> None:
        for member in ("", "u_17"):
            rows = [
                FlagOverride(
                    organization=acme, feature=catalog.advanced_ai, member=member, value=True
                )
                for _ in range(2)
            ]
            with pytest.raises(IntegrityError, match="flag_override_once"), transaction.atomic():
                FlagOverride.objects.bulk_create(rows)


class TestCatalogRevision:
    def test_it_changes_with_what_is_defined_and_published_and_with_nothing_else(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        seen = [CatalogRevision.objects.get().value]

        def is_new() -> bool:
            seen.append(CatalogRevision.objects.get().value)
            return seen[-1] != seen[-2]

        Feature.objects.filter(pk=catalog.support.pk).update(default_value="letter")
        assert is_new()
        plan = make_plan(catalog.current, "extra")
        assert is_new()
        make_draft(plan, flag(catalog.support, "x"))
        assert is_new()
        make_agreement(acme, "starter")
        override(acme, True)
        assert not is_new()
        make_version(make_plan(catalog.current, "more"), prices=(fixed("9"),))
        assert is_new()

    def test_a_changed_default_is_told_at_once(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert value_of(acme, "support") == ("mail", "default")
        Feature.objects.filter(code="support").update(default_value="letter")
        assert value_of(acme, "support") == ("letter", "default")

    def test_what_was_undone_is_not_remembered(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert value_of(acme, "support") == ("mail", "default")
        with transaction.atomic():
            Feature.objects.filter(code="support").update(default_value="letter")
            assert value_of(acme, "support") == ("letter", "default")
            transaction.set_rollback(True)
        assert value_of(acme, "support") == ("mail", "default")

    def test_what_is_published_later_is_not_on_sale_yet(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        soon = SUBSCRIBED.replace(day=11)
        coming = make_flag("coming")
        plan = make_plan(catalog.current, "soon")
        make_version(plan, flag(coming, True), prices=(fixed("9"),), published_at=soon)
        with pytest.raises(FlagNotFound):
            get_flag(organization=acme, key="coming", now=SUBSCRIBED)
        assert get_flag(organization=acme, key="coming", now=soon) == Flag(
            "coming", "boolean", False, FlagSource.DEFAULT
        )


def test_a_standing_says_when_an_agreement_has_come_to_something(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    assert not read_standing(organization_id=acme.pk, now=SUBSCRIBED).is_due
    make_agreement(acme, "starter")
    assert not read_standing(organization_id=acme.pk, now=SUBSCRIBED).is_due
    assert read_standing(organization_id=acme.pk, now=SUBSCRIBED.replace(month=11)).is_due
