"""The developers' pages: seen by those who may manage keys and webhooks, of their organization."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.api_keys.queries import authenticate
from accounts.choices import DeliveryStatus, Role, Scope
from accounts.models import (
    ApiKey,
    AuditEntry,
    Organization,
    User,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.organizations.clock import set_clock_ahead
from accounts.webhooks.endpoints import disable_endpoint
from billing.models import Agreement
from portal.web.presenters.developers.samples import Names, write_samples
from tests.api.oauth import basic, post_form
from tests.factories.accounts import (
    TESTER,
    make_api_key,
    make_member,
    make_organization,
    make_person,
)
from tests.factories.webhooks import NOWHERE, make_endpoint, tell
from tests.support.statements import at_most

from .conftest import NOW, ON_THE_15TH, ReportAction, SignIn
from .reading import part_of, text_of

PAGES = (
    "/developers/",
    "/developers/keys/",
    "/developers/webhooks/",
    "/developers/explorer/",
)
NEW_KEY = {"name": "Worker", "expires": "30", "scopes": ["usage:write", "balances:read"]}
NEW_ENDPOINT = {"url": NOWHERE, "description": "Ours", "format": "standard"}


@pytest.fixture
def alices(alice: User, agreement: Agreement, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def devs(acme: Organization, agreement: Agreement, sign_in: SignIn) -> Client:
    """Dana is a developer of Acme."""
    dana = make_person("Dana")
    make_member(acme, dana, Role.DEVELOPER)
    return sign_in(dana)


@pytest.fixture
def endpoint(acme: Organization, agreement: Agreement) -> WebhookEndpoint:
    """An address of Acme where nobody listens."""
    return make_endpoint(acme, now=ON_THE_15TH).endpoint


@pytest.fixture
def failed(endpoint: WebhookEndpoint, acme: Organization) -> WebhookDelivery:
    """An invoice of which the endpoint was told in vain."""
    tell(acme, now=ON_THE_15TH)
    delivery = WebhookDelivery.objects.get()
    make_failed_attempt(delivery, at=ON_THE_15TH)
    return delivery


def make_failed_attempt(delivery: WebhookDelivery, *, at: datetime) -> None:
    """Nobody answered, so it is tried again later."""
    WebhookAttempt.objects.create(
        delivery=delivery, number=1, started_at=at, duration_ms=12, error="Connection refused"
    )
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempt_count=1)
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(
        failing_since=at, failure_count=1, retry_at=at + timedelta(minutes=5)
    )


@pytest.fixture
def of_a_stranger(charlie: User) -> Organization:
    return make_organization("Elsewhere", owner=charlie)


def steps_of(page: Any) -> list[str]:
    return re.findall(r"(done|to do)", part_of(page, "steps-title"))


class TestWhoMay:
    @pytest.mark.parametrize("path", PAGES)
    def test_owners_and_developers_see_the_pages(
        self, alices: Client, devs: Client, path: str
    ) -> None:
        assert (alices.get(path).status_code, devs.get(path).status_code) == (200, 200)

    @pytest.mark.parametrize("path", PAGES)
    def test_members_are_told_who_may(
        self, bob: User, agreement: Agreement, sign_in: SignIn, path: str
    ) -> None:
        page = sign_in(bob).get(path)

        assert page.status_code == 403
        assert text_of(page).endswith("Your role does not let you do this. Ask Alice.")

    @pytest.mark.parametrize(
        ("path", "sent"),
        [
            ("/developers/keys/issue/", NEW_KEY),
            ("/developers/webhooks/add/", NEW_ENDPOINT),
            ("/developers/explorer/", {}),
        ],
    )
    def test_members_make_nothing(
        self, bob: User, agreement: Agreement, sign_in: SignIn, path: str, sent: dict[str, Any]
    ) -> None:
        assert sign_in(bob).post(path, sent).status_code == 403
        assert not ApiKey.objects.exists()
        assert not WebhookEndpoint.objects.exists()

    @pytest.mark.parametrize("deed", ["rotate/", "revoke/"])
    def test_key_of_somebody_else_is_not_found(
        self, alices: Client, of_a_stranger: Organization, deed: str
    ) -> None:
        theirs = make_api_key(of_a_stranger).api_key

        missing = alices.post(f"/developers/keys/key_{'0' * 26}/{deed}", {"overlap": "0"})
        answer = alices.post(f"/developers/keys/{theirs.public_id}/{deed}", {"overlap": "0"})

        assert (answer.status_code, missing.status_code) == (404, 404)
        theirs.refresh_from_db()
        assert (theirs.revoked_at, theirs.expires_at) == (None, None)

    @pytest.mark.parametrize("deed", ["", "rotate/", "switch/", "test/", "remove/", "resend/"])
    def test_endpoint_of_somebody_else_is_not_found(
        self, charlie: User, failed: WebhookDelivery, of_a_stranger: Organization,
        agreement: Agreement, sign_in: SignIn, deed: str,
    ) -> None:  # fmt: skip
        client = sign_in(charlie)
        ask = client.post if deed else client.get
        sent = {"overlap": "0", "since": "24"}

        answers = [
            ask(f"/developers/webhooks/{name}/{deed}", sent).status_code
            for name in (failed.endpoint.public_id, f"whk_{'0' * 26}")
        ]

        assert answers == [404, 404]
        assert WebhookEndpoint.objects.get().deleted_at is None

    def test_delivery_is_found_under_its_own_endpoint_only(
        self, alices: Client, acme: Organization, failed: WebhookDelivery
    ) -> None:
        other = make_endpoint(acme, now=NOW).endpoint
        path = f"/developers/webhooks/{other.public_id}/deliveries/{failed.public_id}/"

        assert alices.get(path).status_code == 404
        assert alices.post(f"{path}resend/").status_code == 404


class TestQuickStart:
    def test_samples_have_the_organizations_own_names(
        self, alices: Client, acme: Organization, agreement: Agreement
    ) -> None:
        page = alices.get("/developers/")

        curl = part_of(page, "curl-title")
        assert f"curl {settings.PUBLIC_URL}/api/v1/usage" in curl
        assert f'"organization": "{acme.public_id}"' in curl
        assert f'"customer_agreement_id": "{agreement.public_id}"' in part_of(page, "kinde-title")
        for name in ("python", "typescript"):
            assert "ai_credits" in part_of(page, f"{name}-title")
        assert "advanced_ai" in part_of(page, "openfeature-title")
        names = part_of(page, "names-title")
        assert "ai_credits" in names
        assert "GENERATE_REPORT" in names

    def test_python_in_the_samples_is_python(self) -> None:
        names = Names("http://127.0.0.1", "org_1", "agr_1", "REPORT", "credits", "ai")
        samples = {sample.code: sample.text for sample in write_samples(names)}

        for code in ("python", "openfeature"):
            compile(samples[code], code, "exec")

    def test_kindes_sample_works_with_a_key_of_this_page(
        self, alices: Client, client: Client, agreement: Agreement
    ) -> None:
        key = {**NEW_KEY, "scopes": ["usage:write"]}
        shown = alices.post("/developers/keys/issue/", key).content.decode()
        [client_id] = re.findall(r"<code>(key_[0-9a-z]{26})</code>", shown)
        [secret] = re.findall(r"<code>(tb_live_[^<…]+)</code>", shown)

        told = post_form(
            "/oauth2/token",
            "grant_type=client_credentials",
            Authorization=basic(client_id, secret),
        )
        answer = client.post(
            "/api/v1/billing/meter_usage",
            {
                "customer_agreement_id": agreement.public_id,
                "billing_feature_code": "ai_credits",
                "meter_value": "1",
            },
            content_type="application/json",
            headers={"Authorization": f"Bearer {told.token}"},
        )

        assert answer.json()["remaining"] == "4999"

    def test_steps_are_done_when_they_are(
        self, alices: Client, acme: Organization, endpoint: WebhookEndpoint, use: ReportAction
    ) -> None:
        assert steps_of(alices.get("/developers/")) == ["to do"] * 4

        make_api_key(acme)
        assert steps_of(alices.get("/developers/")) == ["done", "to do", "to do", "to do"]

        ApiKey.objects.update(last_used_at=NOW)
        use("e1", 1, action="GENERATE_REPORT", at=ON_THE_15TH)
        WebhookEndpoint.objects.update(last_success_at=NOW)
        assert steps_of(alices.get("/developers/")) == ["done"] * 4

    def test_without_a_plan_it_says_so(
        self, acme: Organization, alice: User, sign_in: SignIn
    ) -> None:
        page = sign_in(alice).get("/developers/")

        assert page.status_code == 200
        assert "none without a plan" in part_of(page, "names-title")


class TestKeys:
    def test_secret_is_shown_once_and_works(self, alices: Client, acme: Organization) -> None:
        answer = alices.post("/developers/keys/issue/", NEW_KEY)

        key = ApiKey.objects.get()
        [secret] = re.findall(rf"<code>({key.prefix}[^<…]+)</code>", answer.content.decode())
        caller = authenticate(secret=secret, now=NOW)
        assert caller is not None
        assert (caller.public_id, caller.organization_id) == (key.public_id, acme.pk)
        assert (key.scopes, key.expires_at) == (NEW_KEY["scopes"], NOW + timedelta(days=30))
        assert f"Client id {key.public_id}" in text_of(answer)
        assert "no-store" in answer["Cache-Control"]
        assert secret not in alices.get("/developers/keys/").content.decode()

    def test_who_made_it_is_in_the_audit_log(self, alices: Client, alice: User) -> None:
        alices.post("/developers/keys/issue/", NEW_KEY)

        assert AuditEntry.objects.get(action="api_key.issued").actor == alice.email
        assert ApiKey.objects.get().created_by == alice

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"name": ""}, "This field is required."),
            ({"scopes": []}, "This field is required."),
            ({"scopes": ["everything"]}, "Select a valid choice."),
            ({"expires": "yesterday"}, "Select a valid choice."),
            ({"name": "a\u202eb"}, "The name must not contain control characters."),
        ],
    )
    def test_a_refusal_is_said_on_the_form(
        self, alices: Client, changed: dict[str, Any], refusal: str
    ) -> None:
        page = alices.post("/developers/keys/issue/", {**NEW_KEY, **changed})

        assert page.status_code == 200
        assert refusal in text_of(page)
        assert not ApiKey.objects.exists()

    @pytest.mark.parametrize("scope", ["credits:write", "flags:write", "agreements:write"])
    def test_what_is_the_companys_to_give_is_given_to_nobody(
        self, alices: Client, scope: str
    ) -> None:
        assert f'value="{scope}"' not in alices.get("/developers/keys/").content.decode()
        alices.post("/developers/keys/issue/", {**NEW_KEY, "scopes": [scope]})
        assert not ApiKey.objects.exists()

    def test_developer_makes_no_key_that_pays(self, devs: Client) -> None:
        devs.post("/developers/keys/issue/", {**NEW_KEY, "scopes": ["billing:write"]})

        assert not ApiKey.objects.exists()

    def test_replaced_key_works_on_for_a_day(self, alices: Client, acme: Organization) -> None:
        old = make_api_key(acme, scopes=["usage:write"]).api_key

        answer = alices.post(f"/developers/keys/{old.public_id}/rotate/", {"overlap": "24"})

        old.refresh_from_db()
        assert old.expires_at == NOW + timedelta(days=1)
        new = ApiKey.objects.latest("pk")
        assert (new.name, new.scopes, new.expires_at) == (old.name, ["usage:write"], None)
        assert new.prefix in text_of(answer)

    def test_keys_live_in_real_time_also_where_a_test_clock_is_ahead(
        self, alices: Client, acme: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "TEST_CLOCKS", True)
        set_clock_ahead(organization_id=acme.pk, ahead=timedelta(days=60))
        old = make_api_key(acme, scopes=["usage:write"])

        alices.post(f"/developers/keys/{old.api_key.public_id}/rotate/", {"overlap": "0"})
        alices.post("/developers/explorer/")

        assert authenticate(secret=old.secret, now=NOW) is None
        assert ApiKey.objects.get(name="Explorer").expires_at == NOW + timedelta(hours=1)

    def test_developer_replaces_no_key_that_may_more(
        self, devs: Client, acme: Organization
    ) -> None:
        old = make_api_key(acme, scopes=[Scope.BILLING_WRITE]).api_key

        devs.post(f"/developers/keys/{old.public_id}/rotate/", {"overlap": "0"})

        assert "This key cannot be replaced here." in text_of(devs.get("/developers/keys/"))
        assert ApiKey.objects.get().expires_at is None

    def test_revoked_key_is_no_longer_good(self, alices: Client, acme: Organization) -> None:
        issued = make_api_key(acme)

        alices.post(f"/developers/keys/{issued.api_key.public_id}/revoke/")
        again = alices.post(f"/developers/keys/{issued.api_key.public_id}/revoke/", follow=True)

        assert authenticate(secret=issued.secret, now=NOW) is None
        assert "was revoked before" in text_of(again)
        assert "revoked 20 Sep 2026" in part_of(again, "ended-title")


class TestWebhooks:
    def test_secret_is_shown_once(self, alices: Client, acme: Organization) -> None:
        answer = alices.post(
            "/developers/webhooks/add/", {**NEW_ENDPOINT, "event_types": ["invoice.paid"]}
        )

        endpoint = WebhookEndpoint.objects.get()
        assert (endpoint.organization, endpoint.event_types) == (acme, ["invoice.paid"])
        [secret] = re.findall(r"<code>(whsec_[^<]+)</code>", answer.content.decode())
        again = alices.get(f"/developers/webhooks/{endpoint.public_id}/")
        assert secret not in again.content.decode()
        assert "It is told of invoice.paid." in text_of(again)

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"url": "nowhere at all"}, "Enter a valid URL."),
            ({"url": "ftp://app.example/"}, "The address must start with https://."),
            ({"url": ""}, "This field is required."),
            ({"event_types": ["plan.published"]}, "Select a valid choice."),
            ({"format": "xml"}, "Select a valid choice."),
        ],
    )
    def test_a_refusal_is_said_on_the_form(
        self, alices: Client, changed: dict[str, Any], refusal: str
    ) -> None:
        page = alices.post("/developers/webhooks/add/", {**NEW_ENDPOINT, **changed})

        assert page.status_code == 200
        assert refusal in text_of(page)
        assert not WebhookEndpoint.objects.exists()

    def test_address_of_the_inner_network_is_refused(self, alices: Client) -> None:
        page = alices.post(
            "/developers/webhooks/add/", {**NEW_ENDPOINT, "url": "https://169.254.169.254/"}
        )

        assert 'role="alert"' in page.content.decode()
        assert not WebhookEndpoint.objects.exists()

    def test_what_was_answered_is_shown(self, alices: Client, failed: WebhookDelivery) -> None:
        endpoint = alices.get(f"/developers/webhooks/{failed.endpoint.public_id}/")
        delivery = alices.get(
            f"/developers/webhooks/{failed.endpoint.public_id}/deliveries/{failed.public_id}/"
        )

        assert "invoice.paid Pending 1" in part_of(endpoint, "deliveries-title")
        assert "failing since" in part_of(endpoint, "health-title")
        assert "Attempt 1 no answer" in part_of(delivery, "attempts-title")
        assert '"id": "inv_1"' in part_of(delivery, "event-title")

    def test_deliveries_of_one_status(self, alices: Client, failed: WebhookDelivery) -> None:
        address = f"/developers/webhooks/{failed.endpoint.public_id}/"

        shown = [
            "invoice.paid" in part_of(alices.get(f"{address}?status={status}"), "deliveries-title")
            for status in ("pending", "delivered", "nonsense")
        ]

        assert shown == [True, False, True]

    def test_a_page_has_25_deliveries(
        self, alices: Client, endpoint: WebhookEndpoint, acme: Organization
    ) -> None:
        for number in range(26):
            tell(acme, f"fact:{number}", now=NOW)
        address = f"/developers/webhooks/{endpoint.public_id}/"

        first = alices.get(address).content.decode()
        [older] = re.findall(r'href="[^"]*(\?before=[^"]+)"', first)
        second = alices.get(address + older).content.decode()

        assert (first.count("<code>invoice.paid"), second.count("<code>invoice.paid")) == (25, 1)

    def test_disabled_endpoint_is_told_nothing_until_it_is_enabled(
        self, alices: Client, failed: WebhookDelivery
    ) -> None:
        address = f"/developers/webhooks/{failed.endpoint.public_id}/"

        alices.post(f"{address}switch/", {"to": "disabled"})
        refused = alices.post(f"{address}test/", follow=True)
        alices.post(f"{address}switch/", {"to": "enabled"})
        count = alices.post(f"{address}resend/", {"since": "24"}, follow=True)

        assert "Enable the endpoint first." in text_of(refused)
        assert "1 event is sent again." in text_of(count)
        failed.refresh_from_db()
        assert (failed.status, failed.due_at) == (DeliveryStatus.PENDING, NOW)

    def test_one_delivery_is_sent_again(self, alices: Client, failed: WebhookDelivery) -> None:
        address = f"/developers/webhooks/{failed.endpoint.public_id}/"

        alices.post(f"{address}deliveries/{failed.public_id}/resend/")

        failed.refresh_from_db()
        assert failed.due_at == NOW

    def test_test_event_is_on_its_way(self, alices: Client, endpoint: WebhookEndpoint) -> None:
        page = alices.post(f"/developers/webhooks/{endpoint.public_id}/test/", follow=True)

        assert "webhook.test Pending" in part_of(page, "deliveries-title")

    def test_former_secret_signs_for_a_day_more(
        self, alices: Client, endpoint: WebhookEndpoint
    ) -> None:
        page = alices.post(f"/developers/webhooks/{endpoint.public_id}/rotate/", {"overlap": "24"})

        assert re.search(r"<code>whsec_[^<]+</code>", page.content.decode())
        assert "The former secret signs until 21 Sep 2026" in part_of(page, "health-title")

    def test_removed_endpoint_is_gone(self, alices: Client, endpoint: WebhookEndpoint) -> None:
        address = f"/developers/webhooks/{endpoint.public_id}/"

        assert alices.post(f"{address}remove/")["location"] == "/developers/webhooks/"
        assert alices.get(address).status_code == 404

    def test_why_it_is_disabled_is_said(self, alices: Client, endpoint: WebhookEndpoint) -> None:
        disable_endpoint(endpoint=endpoint, actor=TESTER, now=NOW)

        assert "disabled by hand" in part_of(alices.get("/developers/webhooks/"), "endpoints-title")

    @pytest.mark.parametrize(("minutes", "times"), [(5, 1), (-5, 0)])
    def test_next_attempt_is_said_while_it_is_to_come(
        self, alices: Client, failed: WebhookDelivery, minutes: int, times: int
    ) -> None:
        WebhookEndpoint.objects.update(retry_at=NOW + timedelta(minutes=minutes))
        page = alices.get(f"/developers/webhooks/{failed.endpoint.public_id}/")

        assert part_of(page, "health-title").count("Next attempt 20 Sep 2026") == times

    def test_no_attempt_is_said_to_come_at_a_disabled_endpoint(
        self, alices: Client, failed: WebhookDelivery
    ) -> None:
        WebhookEndpoint.objects.update(retry_at=NOW + timedelta(minutes=5))
        disable_endpoint(endpoint=failed.endpoint, actor=TESTER, now=NOW)
        page = alices.get(f"/developers/webhooks/{failed.endpoint.public_id}/")

        assert "Next attempt" not in part_of(page, "health-title")

    def test_delivery_that_failed_once_says_when_it_is_tried_next(
        self, alices: Client, failed: WebhookDelivery
    ) -> None:
        WebhookDelivery.objects.update(due_at=NOW + timedelta(minutes=5))
        address = f"/developers/webhooks/{failed.endpoint.public_id}/deliveries/"

        page = alices.get(f"{address}{failed.public_id}/")
        assert "The next attempt is due 20 Sep 2026" in part_of(page, "attempts-title")

    def test_what_nobody_asked_for_is_not_said_to_be_told(
        self, alices: Client, endpoint: WebhookEndpoint
    ) -> None:
        page = alices.get(f"/developers/webhooks/{endpoint.public_id}/")

        assert "everything that is not sent on request only" in part_of(page, "health-title")


class TestExplorer:
    def test_key_in_it_lives_an_hour_and_may_what_the_person_may(self, devs: Client) -> None:
        page = devs.post("/developers/explorer/")

        key = ApiKey.objects.get()
        [secret] = re.findall(r'data-key="([^"]+)"', page.content.decode())
        assert authenticate(secret=secret, now=NOW + timedelta(minutes=59)) is not None
        assert authenticate(secret=secret, now=NOW + timedelta(hours=1)) is None
        assert "usage:write" in key.scopes
        assert "billing:write" not in key.scopes

    def test_no_script_and_no_style_is_inline(self, alices: Client) -> None:
        page = alices.post("/developers/explorer/")

        html = page.content.decode()
        assert not re.search(r"<script(?![^>]*\ssrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
        assert "script-src 'self'" in page["Content-Security-Policy"].split("; ")
        assert "no-store" in page["Cache-Control"]

    def test_looking_makes_no_key(self, alices: Client) -> None:
        assert alices.get("/developers/explorer/").status_code == 200
        assert not ApiKey.objects.exists()


def test_pages_read_little_and_their_templates_nothing(
    alices: Client,
    acme: Organization,
    failed: WebhookDelivery,
    no_query_in_templates: None,
) -> None:
    for number in range(3):
        make_api_key(acme, name=f"Key {number}")
        make_endpoint(acme, now=NOW)
    endpoint = f"/developers/webhooks/{failed.endpoint.public_id}/"
    for path in (*PAGES, endpoint, f"{endpoint}deliveries/{failed.public_id}/"):
        alices.get(path)
        with at_most(12):
            assert alices.get(path).status_code == 200
