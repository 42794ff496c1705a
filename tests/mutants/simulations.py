"""Simulations of a draft campaign, one of which is in the making: for two organizations."""

from decimal import Decimal

from billing.choices import SimulationStatus, Verdict
from billing.models import (
    Agreement,
    CampaignConversion,
    Feature,
    RepricingCampaign,
    SimulatedCustomer,
    SimulatedPlan,
    Simulation,
)
from tests.proof.books import Books


def fill_simulations(books: Books) -> None:
    """Simulate both organizations, with a conversion of one feature into another."""
    campaign = RepricingCampaign.objects.create(name="Drafted prices", why="Not said yet.")
    features = Feature.objects.order_by("pk")
    CampaignConversion.objects.create(
        campaign=campaign, from_feature=features[0], to_feature=features[1], factor=Decimal(5)
    )
    agreements = [
        Agreement.objects.owned_by(organization).get()
        for organization in (books.acme, books.globex)
    ]
    simulation = Simulation.objects.create(
        campaign=campaign,
        status=SimulationStatus.RUNNING,
        as_of=agreements[0].anchor_at,
        total_count=2,
        done_count=2,
    )
    for agreement in agreements:
        customer = SimulatedCustomer.objects.create(
            simulation=simulation,
            organization=agreement.organization,
            agreement=agreement,
            month_count=0,
            seats=1,
            currency="USD",
            current_average_minor=750_00,
            current_worst_minor=750_00,
            verdict=Verdict.SAVES,
            best_plan_version=agreement.plan_version,
            best_average_minor=299_00,
            best_worst_minor=299_00,
            saving_minor=451_00,
        )
        SimulatedPlan.objects.create(
            customer=customer,
            plan_version=agreement.plan_version,
            interval=agreement.interval,
            seats=1,
            average_minor=299_00,
            worst_minor=299_00,
        )
