"""Legacy plans are hidden everywhere but for their customers: each place by itself."""

import json

import pytest
from django.test import Client

from accounts.models import Organization, User
from billing.models import Agreement
from billing.pricing_tables.operations import TableDetails, create_pricing_table
from config.kernel.errors import Invalid
from tests.factories.accounts import make_api_key
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.pricing_tables import make_live_table

CODE, NAME = "per_seat", "Per seat"
PUBLIC = (
    "/pricing/",
    "/pricing/?interval=year",
    "/api/v1/plans",
    "/api/v1/pricing-tables/spring_promo",
    "/embed/pricing/spring_promo/",
    "/pricing/spring_promo/",
)


@pytest.fixture
def owner(client: Client, alice: User, acme: Organization) -> Client:
    """Alice's browser, looking at Acme."""
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def key(acme: Organization) -> str:
    return make_api_key(acme, now=SUBSCRIBED).secret


def post(client: Client, key: str, path: str, **document: object) -> tuple[int, str]:
    answer = client.post(
        f"/api/v1/{path}",
        json.dumps(document),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    return answer.status_code, answer.content.decode()


def shows(text: str) -> bool:
    return NAME in text or CODE in text.replace('"kind":"per_seat"', "")


class TestForVisitors:
    @pytest.mark.parametrize("address", PUBLIC)
    def test_no_public_page_or_answer_names_it(
        self, client: Client, catalog: ArticleCatalog, address: str
    ) -> None:
        make_live_table(catalog.current)
        answer = client.get(address)
        assert (answer.status_code, shows(answer.content.decode())) == (200, False)

    def test_no_pricing_table_is_made_of_it(self, catalog: ArticleCatalog) -> None:
        with pytest.raises(Invalid, match="shown to nobody new"):
            create_pricing_table(
                details=TableDetails(key="old", name="Old", plan_group=catalog.legacy),
                actor=STAFF,
                now=SUBSCRIBED,
            )

    @pytest.mark.parametrize("named", ["per_seat", "per_seat_monthly", "per_seat_yearly"])
    def test_a_link_to_sign_up_for_it_counts_as_none(
        self, client: Client, catalog: ArticleCatalog, named: str
    ) -> None:
        client.get(f"/signup/?plan_interest={named}")
        assert "plan_interest" not in client.session

    def test_an_estimate_does_not_name_it(self, client: Client, catalog: ArticleCatalog) -> None:
        page = client.get("/pricing/?usage=1800").content.decode()
        assert not shows(page)


class TestForOthersCustomers:
    def test_no_page_of_theirs_names_it(
        self, owner: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert not shows(owner.get("/plan/start/").content.decode())
        assert not shows(owner.get("/plan/start/?plan=per_seat").content.decode())
        make_agreement(acme, "starter")
        for address in ("/plan/", "/plan/cancel/", "/overview/", "/pricing/"):
            assert not shows(owner.get(address).content.decode()), address

    def test_no_change_leads_to_it(
        self, owner: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        assert owner.get("/plan/change/?plan=per_seat").status_code == 404
        assert owner.post("/plan/change/", {"plan": CODE, "at": "0", "due": "0"}).status_code == 404
        assert Agreement.objects.get().plan_version == catalog.starter

    def test_choosing_it_is_no_valid_choice(
        self, owner: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        answer = owner.post("/plan/start/", {"plan": CODE, "interval": "month"})
        assert answer.status_code == 200
        assert not Agreement.objects.exists()

    @pytest.mark.parametrize("path", ["agreements", "checkouts"])
    def test_the_api_does_not_sell_it(
        self, client: Client, catalog: ArticleCatalog, key: str, path: str
    ) -> None:
        urls = {"success_url": "https://a.example/", "cancel_url": "https://a.example/"}
        more = urls if path == "checkouts" else {}
        status, _body = post(client, key, path, plan=CODE, **more)
        assert status in {404, 409}
        assert not Agreement.objects.exists()

    @pytest.mark.parametrize("deed", ["preview", "change"])
    def test_the_api_changes_nobody_to_it(
        self, client: Client, catalog: ArticleCatalog, acme: Organization, key: str, deed: str
    ) -> None:
        agreement = make_agreement(acme, "starter")
        shown = {
            "proration_at": "2026-09-10T08:00:00Z",
            "due_now": {"amount_minor": 0, "currency": "USD"},
        }
        more = shown if deed == "change" else {}
        status, body = post(
            client, key, f"agreements/{agreement.public_id}/{deed}", plan=CODE, **more
        )
        assert (status, "plan_not_offered" in body) == (404, True)

    def test_kinde_s_dialect_moves_nobody_to_it(
        self, client: Client, catalog: ArticleCatalog, acme: Organization, key: str
    ) -> None:
        make_agreement(acme, "starter")
        status, _body = post(
            client,
            key,
            "billing/agreements",
            customer_id=acme.public_id.replace("org_", "customer_"),
            plan_code=CODE,
        )
        assert status in {400, 403, 404}
        assert Agreement.objects.get().plan_version == catalog.starter

    def test_no_entitlement_names_it(
        self, client: Client, catalog: ArticleCatalog, acme: Organization, key: str
    ) -> None:
        make_agreement(acme, "starter")
        headers = {"Authorization": f"Bearer {key}"}
        for path in ("entitlements", "flags", "plans"):
            said = client.get(f"/api/v1/{path}", headers=headers).content.decode()
            assert not shows(said), path
            assert "documents" not in said, path


class TestForItsCustomers:
    def test_they_see_it_on_their_pages(
        self, owner: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "per_seat", seats=10)
        page = owner.get("/plan/").content.decode()
        assert "Per seat plan" in page
        assert "Once you have left it, you cannot choose it again." in page

    def test_and_their_apps_are_told(
        self, client: Client, catalog: ArticleCatalog, acme: Organization, key: str
    ) -> None:
        make_agreement(acme, "per_seat", seats=10)
        said = client.get("/api/v1/agreements", headers={"Authorization": f"Bearer {key}"}).json()
        [agreement] = said["data"]
        assert (agreement["plan"], agreement["is_legacy_plan"]) == (CODE, True)
