"""The limits page: who sees what, what is changed there, and what it says in plain words."""

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry, Membership, Organization, User
from billing.choices import CapAction, ThresholdUnit
from billing.limits.queries import find_spend_cap, list_thresholds
from billing.models import Agreement, SpendCap, UsageThreshold
from config.kernel.money import Money
from tests.factories.accounts import make_member, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import ArticleCatalog, fixed, make_plan, make_version, metered

from .conftest import ON_THE_15TH, ReportAction, SignIn
from .reading import part_of, text_of

CAP = {"amount": "50", "action": "stop"}


def add(client: Client, what: str, level: str) -> str:
    """Add a level, and return what the page says afterwards."""
    answer = client.post("/limits/levels/", {"what": what, "level": level}, follow=True)
    assert answer.status_code == 200
    return text_of(answer)


def cap(client: Client, **entered: str) -> str:
    """Set the cap, and return what the page says afterwards."""
    return text_of(client.post("/limits/cap/", {**CAP, **entered}, follow=True))


class TestLevels:
    def test_the_default_ones_say_so_and_what_they_come_to(
        self, alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
    ) -> None:
        use("e1", 3_000, at=ON_THE_15TH)
        words = part_of(sign_in(alice).get("/limits/"), "levels-title")
        assert "AI credits 3,000 of 5,000 credits used, 60 %" in words
        assert (
            "50 % 2,500 credits default reached 15 Sep 2026, 09:00 UTC "
            "80 % 4,000 credits default not reached "
            "100 % 5,000 credits default not reached"
        ) in words

    def test_a_level_is_added_in_its_place_and_removed(
        self, alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        words = add(client, "percent:ai_credits", "90")
        assert "The level is added." in words
        assert (
            "80 % 4,000 credits default not reached 90 % 4,500 credits not reached Remove" in words
        )
        add(client, "credits:ai_credits", "12.5")
        add(client, "money:", "19.95")
        listed = list_thresholds(organization=acme)
        assert [(one.unit, one.value, one.amount) for one in listed] == [
            ("credits", 12.5, None),
            ("percent", 90, None),
            ("money", None, Money(19_95, "USD")),
        ]
        words = part_of(client.get("/limits/"), "levels-title")
        assert "Overage charges $0.00 USD so far, all features together" in words
        assert "$19.95 USD not reached Remove Overage charges, $19.95 USD" in words

        threshold = UsageThreshold.objects.get(unit=ThresholdUnit.MONEY)
        answer = client.post(f"/limits/levels/{threshold.public_id}/remove/", follow=True)
        assert "The level is removed." in text_of(answer)
        assert "$19.95" not in text_of(answer)
        entry = AuditEntry.objects.get(action="usage_threshold.removed")
        assert (entry.user, len(entry.request_id)) == (alice, 32)

    @pytest.mark.parametrize(
        ("what", "level", "words"),
        [
            ("percent:ai_credits", "80", "Everybody is told at 50, 80 and 100 percent."),
            ("percent:ai_credits", "12.5", "The percentage must be a whole number"),
            ("credits:ai_credits", "0", "The quantity must be above zero"),
            ("money:", "0.001", "There is no such amount of this currency."),
            ("percent:documents", "10", "Select a valid choice."),
            ("furlong:", "10", "Select a valid choice."),
            ("percent:ai_credits", "many", "Write the number like 1,234.5."),
            ("percent:ai_credits", "NaN", "Write the number like 1,234.5."),
            ("percent:ai_credits", "", "This field is required."),
        ],
    )
    def test_what_cannot_be_is_said_beside_what_was_typed(
        self, alice: User, agreement: Agreement, sign_in: SignIn, what: str, level: str, words: str
    ) -> None:
        answer = sign_in(alice).post("/limits/levels/", {"what": what, "level": level})
        assert words in text_of(answer)
        assert f'value="{level}"' in answer.content.decode() or not level
        assert not UsageThreshold.objects.exists()

    def test_a_level_that_was_set_too_late_for_this_period_says_so(
        self, alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
    ) -> None:
        use("e1", 5_100, at=ON_THE_15TH)
        client = sign_in(alice)
        add(client, "credits:ai_credits", "250")
        add(client, "money:", "12")
        words = add(client, "money:", "12.01")
        assert "250 credits passed before it was set" in words
        assert "$12.00 USD passed before it was set" in words
        assert "$12.01 USD not reached" in words

    def test_a_level_in_another_currency_says_that_it_measures_nothing(
        self, alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
    ) -> None:
        UsageThreshold.objects.create(organization=acme, unit="money", value=5, currency="EUR")
        SpendCap.objects.create(
            organization=acme, amount_minor=50_00, currency="EUR", action=CapAction.STOP
        )
        page = sign_in(alice).get("/limits/")
        assert "€0.05 EUR Your plan is in USD, so this measures nothing." in text_of(page)
        assert "so this cap measures nothing. Set it again." in part_of(page, "cap-title")

    def test_another_organization_s_level_is_not_found(
        self, alice: User, agreement: Agreement, charlie: User, sign_in: SignIn
    ) -> None:
        add(sign_in(alice), "percent:ai_credits", "90")
        make_agreement(make_organization("Elsewhere", owner=charlie), "starter")
        address = f"/limits/levels/{UsageThreshold.objects.get().public_id}/remove/"
        assert sign_in(charlie).post(address).status_code == 404
        assert UsageThreshold.objects.exists()


class TestSpendCap:
    def test_without_one_the_page_says_what_that_means(
        self, alice: User, agreement: Agreement, sign_in: SignIn
    ) -> None:
        words = part_of(sign_in(alice).get("/limits/"), "cap-title")
        assert "There is no cap: overage is charged for as much as is used." in words
        assert "Set cap" in words
        assert "Remove cap" not in words

    def test_it_says_in_plain_words_what_it_does(
        self, alice: User, acme: Organization, agreement: Agreement, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        words = cap(client)
        assert "The spend cap is set." in words
        assert "$50.00 USD of overage a period" in words
        assert "It stops requests that ask first" in words
        assert "Usage that is only reported is recorded and charged all the same." in words

        words = cap(client, amount="20.5", action="notify")
        assert "It only mails" in words
        found = find_spend_cap(organization=acme)
        assert found is not None
        assert (found.amount, found.action) == (Money(20_50, "USD"), CapAction.NOTIFY)

        words = text_of(client.post("/limits/cap/remove/", follow=True))
        assert "There is no spend cap any more." in words
        assert find_spend_cap(organization=acme) is None
        assert client.post("/limits/cap/remove/").status_code == 404

    def test_what_is_charged_so_far_stands_beside_it(
        self, alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        cap(client)
        use("e1", 5_200, at=ON_THE_15TH)
        words = part_of(client.get("/limits/"), "cap-title")
        assert "$24.00 USD charged so far" in words
        assert words.startswith("Spend cap stops requests")
        use("e2", 250, at=ON_THE_15TH)
        words = part_of(client.get("/limits/"), "cap-title")
        assert words.startswith("Spend cap reached")
        assert "Requests that ask first are being refused." in words
        assert "Reached 15 Sep 2026, 09:00 UTC." in words

    @pytest.mark.parametrize(
        ("action", "said"),
        [
            ("stop", "requests that ask first are refused as soon as you save it"),
            ("notify", "is reached as soon as you save it: it mails once, and nothing is refused."),
        ],
    )
    def test_below_what_is_spent_already_it_warns_before_it_is_saved(
        self,
        alice: User,
        acme: Organization,
        agreement: Agreement,
        use: ReportAction,
        sign_in: SignIn,
        action: str,
        said: str,
    ) -> None:
        client = sign_in(alice)
        use("e1", 5_200, at=ON_THE_15TH)
        words = cap(client, amount="24", action=action)
        assert "$24.00 USD of overage is charged in this period already." in words
        assert said in words
        assert "Save it all the same" in words
        assert find_spend_cap(organization=acme) is None
        # Of another amount nobody was warned.
        assert "Save it all the same" in cap(client, amount="23", action=action, confirmed="2400")
        assert "Save it all the same" in cap(client, amount="24", action=action, confirmed="x")
        assert find_spend_cap(organization=acme) is None

        assert "The spend cap is set." in cap(client, amount="24", action=action, confirmed="2400")
        found = find_spend_cap(organization=acme)
        assert found is not None
        assert (found.amount, found.action) == (Money(24_00, "USD"), action)

    def test_above_what_is_spent_it_is_saved_without_a_word(
        self, alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
    ) -> None:
        use("e1", 5_200, at=ON_THE_15TH)
        assert "The spend cap is set." in cap(sign_in(alice), amount="24.01")

    @pytest.mark.parametrize(
        ("entered", "words"),
        [
            ({"amount": "-1"}, "Ensure this value is greater than or equal to 0."),
            ({"amount": "0.001"}, "There is no such amount of this currency."),
            ({"amount": "lots"}, "Write the number like 1,234.5."),
            ({"amount": "99999999999"}, "The amount must be zero or more"),
            ({"action": "explode"}, "Select a valid choice."),
            ({"action": ""}, "This field is required."),
        ],
    )
    def test_what_cannot_be_is_said(
        self,
        alice: User,
        agreement: Agreement,
        sign_in: SignIn,
        entered: dict[str, str],
        words: str,
    ) -> None:
        assert words in cap(sign_in(alice), **entered)
        assert not SpendCap.objects.exists()

    def test_a_plan_that_sells_no_overage_has_nothing_to_cap(
        self, alice: User, acme: Organization, catalog: ArticleCatalog, sign_in: SignIn
    ) -> None:
        make_version(
            make_plan(catalog.current, "closed"),
            metered(catalog.credits, 100),
            prices=(fixed("9"),),
        )
        make_agreement(acme, "closed")
        words = part_of(sign_in(alice).get("/limits/"), "cap-title")
        assert words == "Spend cap Your plan sells no overage, so there is nothing to cap."


class TestHistory:
    def test_nothing_reached_yet_says_what_will_be_here(
        self, alice: User, agreement: Agreement, sign_in: SignIn
    ) -> None:
        words = part_of(sign_in(alice).get("/limits/"), "history-title")
        assert "Nothing has been reached yet." in words

    def test_the_newest_is_first_with_where_it_stood(
        self, alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        cap(client, amount="10")
        use("e1", 2_600, at=ON_THE_15TH)
        use("e2", 2_500, at=ON_THE_15TH)
        words = part_of(client.get("/limits/"), "history-title")
        assert (
            "Spend cap of $10.00 USD Overage charges $12.00 USD 15 Sep 2026, 09:00 UTC "
            "Credits ran out AI credits 5,100 credits 15 Sep 2026, 09:00 UTC "
            "100 % of the allowance AI credits 5,100 credits 15 Sep 2026, 09:00 UTC "
            "80 % of the allowance AI credits 5,100 credits 15 Sep 2026, 09:00 UTC "
            "50 % of the allowance AI credits 2,600 credits 15 Sep 2026, 09:00 UTC"
        ) in words

    def test_a_long_one_has_pages(
        self, alice: User, agreement: Agreement, use: ReportAction, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        for level in range(1, 21):
            add(client, "percent:ai_credits", str(level * 2 + 1))
        for level in range(21, 26):
            UsageThreshold.objects.create(
                organization=agreement.organization,
                feature=UsageThreshold.objects.all()[0].feature,
                unit="percent",
                value=level * 2 + 1,
            )
        use("e1", 5_000, at=ON_THE_15TH)
        newest = client.get("/limits/")
        assert part_of(newest, "history-title").count("15 Sep") == 25
        older = newest.content.decode().split('href="?before=')[1].split('"')[0]
        words = part_of(client.get(f"/limits/?before={older}"), "history-title")
        assert words.count("15 Sep") == 4
        assert "Newest" in words
        assert "Older" not in words


class TestWhoMay:
    def test_a_member_sees_levels_without_money_and_is_told_who_changes_them(
        self,
        alice: User,
        bob: User,
        agreement: Agreement,
        use: ReportAction,
        sign_in: SignIn,
    ) -> None:
        cap(sign_in(alice), amount="10")
        add(sign_in(alice), "money:", "11")
        use("e1", 5_100, at=ON_THE_15TH)
        client = sign_in(bob)
        page = client.get("/limits/")
        words = text_of(page)
        assert "Your role does not let you change limits or see what overage costs. Ask Alice." in (
            words
        )
        assert "50 % 2,500 credits default reached" in words
        assert "It stops requests that ask first" in words
        assert "$" not in words
        assert "<form" not in page.content.decode().split("<main")[1]

    @pytest.mark.parametrize(
        ("path", "entered"),
        [
            ("/limits/levels/", {"what": "percent:ai_credits", "level": "90"}),
            ("/limits/levels/thr_1/remove/", {}),
            ("/limits/cap/", CAP),
            ("/limits/cap/remove/", {}),
        ],
    )
    @pytest.mark.parametrize("role", [Role.MEMBER, Role.DEVELOPER])
    def test_without_the_permission_nothing_is_changed(
        self,
        bob: User,
        agreement: Agreement,
        sign_in: SignIn,
        role: str,
        path: str,
        entered: dict[str, str],
    ) -> None:
        Membership.objects.filter(user=bob).update(role=role)
        answer = sign_in(bob).post(path, entered)
        assert answer.status_code == 403
        assert "Ask Alice" in text_of(answer)
        assert not UsageThreshold.objects.exists()
        assert not SpendCap.objects.exists()

    def test_the_billing_role_is_enough(
        self, bob: User, agreement: Agreement, sign_in: SignIn
    ) -> None:
        Membership.objects.filter(user=bob).update(role=Role.BILLING)
        assert "The spend cap is set." in cap(sign_in(bob))

    @pytest.mark.parametrize("path", ["/limits/levels/", "/limits/cap/", "/limits/cap/remove/"])
    def test_reading_changes_nothing(
        self, alice: User, agreement: Agreement, sign_in: SignIn, path: str
    ) -> None:
        assert sign_in(alice).get(path).status_code == 405

    def test_a_visitor_is_asked_to_sign_in(self, client: Client, agreement: Agreement) -> None:
        assert client.get("/limits/")["location"] == "/account/login/?next=/limits/"

    def test_without_a_plan_there_is_nothing_to_limit(
        self, alice: User, acme: Organization, catalog: ArticleCatalog, sign_in: SignIn
    ) -> None:
        client = sign_in(alice)
        assert "Acme has no plan yet" in text_of(client.get("/limits/"))
        for path in ("/limits/levels/", "/limits/cap/"):
            assert client.post(path, CAP)["location"] == "/limits/"

    def test_everybody_sees_their_own(
        self, alice: User, agreement: Agreement, charlie: User, bob: User, sign_in: SignIn
    ) -> None:
        cap(sign_in(alice))
        elsewhere = make_organization("Elsewhere", owner=charlie)
        make_agreement(elsewhere, "starter")
        make_member(elsewhere, bob, Role.MEMBER)
        assert "There is no cap" in text_of(sign_in(charlie).get("/limits/"))
