"""Staff prepare a campaign, look at what it means, and open it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization
from billing.choices import CampaignStatus, SimulationStatus
from billing.models import (
    Agreement,
    RepricingCampaign,
    RepricingOffer,
    SimulatedCustomer,
    Simulation,
)
from billing.repricing.operations import (
    CampaignDetails,
    CampaignIsSettled,
    EmptyCohort,
    SimulationInTheMaking,
    change_campaign,
    create_campaign,
    discard_campaign,
    start_simulation,
)
from billing.repricing.simulation import make_due_simulations
from config.kernel.errors import Invalid
from tests.factories.accounts import make_person
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.offers import make_campaign, make_legacy_customer, simulate

from .test_simulation import NOW


@pytest.fixture
def sam(db: None, client: Client) -> Client:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def legacy(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    return make_legacy_customer(acme, catalog, used=[1_800, 9_000], now=NOW)


@pytest.fixture
def draft(legacy: Agreement, catalog: ArticleCatalog) -> RepricingCampaign:
    plans = [catalog.starter.plan, catalog.professional.plan]
    return make_campaign([legacy.plan_version.plan], plans)


def address(name: str, *args: object) -> str:
    return reverse(f"admin:billing_repricingcampaign_{name}", args=args)


def entered(legacy: Agreement, catalog: ArticleCatalog, **changes: Any) -> dict[str, Any]:
    return {
        "name": "To credits",
        "why": "Credits follow what you use.",
        "from_plans": [legacy.plan_version.plan_id],
        "to_plans": [catalog.starter.plan_id, catalog.professional.plan_id],
        "conversions": "documents = 5 ai_credits",
        "history_months": "6",
        "notice_days": "120",
        "answer_by_0": "2027-03-01",
        "answer_by_1": "12:00:00",
        "guarantee_months": "6",
        "guarantee_rule": "cumulative",
        **changes,
    }


def details(legacy: Agreement, catalog: ArticleCatalog, **changes: Any) -> CampaignDetails:
    return CampaignDetails(
        **{
            "name": "To credits",
            "why": "Credits follow what you use.",
            "from_plans": [legacy.plan_version.plan],
            "to_plans": [catalog.professional.plan],
            **changes,
        }
    )


class TestPages:
    def test_a_draft_is_written_and_written_again(
        self, sam: Client, legacy: Agreement, catalog: ArticleCatalog
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            assert sam.get(address("add")).status_code == 200
            answer = sam.post(address("add"), entered(legacy, catalog))
            assert answer.status_code == 302, answer.context["adminform"].form.errors
            campaign = RepricingCampaign.objects.get()
            page = sam.get(address("change", campaign.pk)).content.decode()
            assert "documents = 5 ai_credits" in page
            sam.post(address("change", campaign.pk), entered(legacy, catalog, must_move="on"))
        campaign.refresh_from_db()
        assert (campaign.history_months, campaign.notice_days) == (6, 120)
        assert (campaign.guarantee_months, campaign.guarantee_rule) == (6, "cumulative")
        assert campaign.must_move
        assert [row.factor for row in campaign.conversions.all()] == [5]
        entries = AuditEntry.objects.filter(target=campaign.public_id).order_by("pk")
        assert [entry.action for entry in entries] == [
            "repricing_campaign.created",
            "repricing_campaign.updated",
        ]
        assert entries[1].changes == {"must_move": [False, True]}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"notice_days": "89"},
            {"history_months": "25"},
            {"guarantee_months": "25"},
            {"conversions": "documents are credits"},
            {"conversions": "documents = 5 nothing"},
            {"conversions": "documents = 0 ai_credits"},
            {"conversions": "documents = 5 documents"},
            {"conversions": "documents = 5 ai_credits\ndocuments = 6 ai_credits"},
            {"answer_by_0": "2026-01-01"},
            {"from_plans": []},
            {"why": "  "},
            {"name": "\N{RIGHT-TO-LEFT OVERRIDE}"},
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused(
        self,
        sam: Client,
        legacy: Agreement,
        catalog: ArticleCatalog,
        wrong: dict[str, Any],
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            answer = sam.post(address("add"), entered(legacy, catalog, **wrong))
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors
        assert not RepricingCampaign.objects.exists()

    def test_from_a_simulation_to_an_open_campaign(
        self, sam: Client, draft: RepricingCampaign, acme: Organization
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            assert sam.get(address("simulate", draft.pk)).status_code == 200
            answer = sam.post(address("simulate", draft.pk), follow=True)
            shown = answer.content.decode()
            assert "0 of 1 customers are replayed" in shown
            assert f"Read at {NOW:%H:%M:%S} UTC; this page looks again every ten seconds" in shown
            assert answer["Refresh"] == "10"
            make_due_simulations(clock=lambda: NOW)
            results = sam.get(address("results", draft.pk), {"verdict": "saves", "q": "acm"})
            assert "Refresh" not in results
            customer = SimulatedCustomer.objects.get()
            sheet = sam.get(address("customer", draft.pk, customer.pk)).content.decode()
            opening = sam.get(address("open", draft.pk)).content.decode()
            answer = sam.post(address("open", draft.pk))
            assert (answer.status_code, answer["Location"]) == (302, address("offers", draft.pk))
            offers = sam.get(address("offers", draft.pk)).content.decode()
            asked = sam.get(address("close", draft.pk)).content.decode()
            assert "those without an answer lapse, also where everybody was to move" in asked
            sam.post(address("close", draft.pk))
        # $750 twice, against $299 and $683: 800 credits of the first month have rolled over.
        assert "$259.00" in results.content.decode()
        assert "10 seats today, 5 are included." in sheet
        assert "Save money: 1" in opening
        assert "Acme" in offers
        draft.refresh_from_db()
        assert draft.status == CampaignStatus.CLOSED
        assert RepricingOffer.objects.get().organization == acme

    def test_nobody_is_found_elsewhere(self, sam: Client, draft: RepricingCampaign) -> None:
        for page in (
            address("customer", draft.pk, 10**6),
            address("csv", draft.pk),
            address("results", 10**6),
        ):
            assert sam.get(page).status_code == 404
        assert "Nothing was simulated yet" in sam.get(address("results", draft.pk)).content.decode()

    def test_the_table_comes_as_a_file(self, sam: Client, draft: RepricingCampaign) -> None:
        simulate(draft, now=NOW)
        answer = sam.get(address("csv", draft.pk))
        lines = answer.getvalue().decode().splitlines()
        assert len(lines) == 3
        assert lines[0].startswith("organization_id,organization,verdict")

    def test_who_may_only_look_changes_nothing(
        self, client: Client, draft: RepricingCampaign
    ) -> None:
        viewer = make_person("Vera", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_repricingcampaign"))
        client.force_login(viewer)
        assert client.get(address("results", draft.pk)).status_code == 200
        for deed in ("simulate", "open", "close", "discard"):
            assert client.post(address(deed, draft.pk)).status_code == 403
        client.force_login(make_person("Nora", is_staff=True))
        for page in ("results", "offers", "csv"):
            assert client.get(address(page, draft.pk)).status_code == 403
        assert not Simulation.objects.exists()


class TestOperations:
    def test_what_a_simulation_follows_from_makes_it_void_when_it_changes(
        self, draft: RepricingCampaign, legacy: Agreement, catalog: ArticleCatalog
    ) -> None:
        simulate(draft, now=NOW)
        plans = [catalog.starter.plan, catalog.professional.plan]
        change_campaign(
            campaign=draft,
            details=details(legacy, catalog, to_plans=plans, notice_days=180),
            actor=STAFF,
            now=NOW,
        )
        assert Simulation.objects.count() == 1
        change_campaign(campaign=draft, details=details(legacy, catalog), actor=STAFF, now=NOW)
        assert not Simulation.objects.exists()

    def test_once_it_runs_its_terms_stay(
        self, draft: RepricingCampaign, legacy: Agreement, catalog: ArticleCatalog
    ) -> None:
        RepricingCampaign.objects.filter(pk=draft.pk).update(
            status=CampaignStatus.RUNNING, opened_at=NOW
        )
        with pytest.raises(CampaignIsSettled):
            change_campaign(campaign=draft, details=details(legacy, catalog), actor=STAFF, now=NOW)
        with pytest.raises(CampaignIsSettled):
            discard_campaign(campaign=draft, actor=STAFF, now=NOW)
        with pytest.raises(CampaignIsSettled):
            start_simulation(campaign=draft, actor=STAFF, now=NOW)

    def test_one_simulation_is_made_at_a_time_and_none_of_nobody(
        self, draft: RepricingCampaign, legacy: Agreement, catalog: ArticleCatalog
    ) -> None:
        started = start_simulation(campaign=draft, actor=STAFF, now=NOW)
        assert (started.status, started.total_count) == (SimulationStatus.WAITING, 1)
        with pytest.raises(SimulationInTheMaking):
            start_simulation(campaign=draft, actor=STAFF, now=NOW)
        with pytest.raises(SimulationInTheMaking):
            change_campaign(campaign=draft, details=details(legacy, catalog), actor=STAFF, now=NOW)
        empty = create_campaign(
            details=details(legacy, catalog, from_plans=[catalog.enterprise.plan]),
            actor=STAFF,
            now=NOW,
        )
        with pytest.raises(EmptyCohort):
            start_simulation(campaign=empty, actor=STAFF, now=NOW)

    def test_a_draft_goes_with_its_simulations(self, draft: RepricingCampaign) -> None:
        simulate(draft, now=NOW)
        discard_campaign(campaign=draft, actor=STAFF, now=NOW)
        assert not RepricingCampaign.objects.exists()
        assert not Simulation.objects.exists()
        [entry] = AuditEntry.objects.filter(action="repricing_campaign.discarded")
        assert entry.changes["name"] == ["To credits", None]

    def test_a_plan_is_not_left_and_offered_at_once(
        self, legacy: Agreement, catalog: ArticleCatalog
    ) -> None:
        both = details(legacy, catalog, from_plans=[catalog.professional.plan])
        with pytest.raises(Invalid, match="left and offered"):
            create_campaign(details=both, actor=STAFF, now=NOW)
        early = NOW - timedelta(days=400)
        with pytest.raises(Invalid, match="is not published yet"):
            create_campaign(details=details(legacy, catalog), actor=STAFF, now=early)


@pytest.mark.parametrize("status", [CampaignStatus.RUNNING, CampaignStatus.CLOSED])
def test_a_campaign_that_was_opened_can_still_be_read(
    sam: Client, draft: RepricingCampaign, status: str
) -> None:
    closed_at = NOW if status == CampaignStatus.CLOSED else None
    RepricingCampaign.objects.filter(pk=draft.pk).update(
        status=status, opened_at=NOW, closed_at=closed_at
    )
    answer = sam.get(address("change", draft.pk))
    assert (answer.status_code, draft.name in answer.content.decode()) == (200, True)


def test_who_may_only_read_campaigns_reads_a_draft(
    client: Client, draft: RepricingCampaign
) -> None:
    reader = make_person("Reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_repricingcampaign"))
    client.force_login(reader)
    assert client.get(address("change", draft.pk)).status_code == 200
