"""What the books know of Stripe and of who was told: rows of each kind for two organizations."""

from datetime import timedelta

from django.db.models.functions import Lower

from accounts.choices import DeliveryStatus, MailAlert, PropertyType, Role
from accounts.models import (
    BillingContact,
    Mail,
    MailNotice,
    MailOptOut,
    Membership,
    Organization,
    PortalLink,
    PropertyDefinition,
    PropertyValue,
    StaffVisit,
    User,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from billing.choices import (
    BillingInterval,
    ChargeStatus,
    CheckoutKind,
    CheckoutStatus,
    FeatureKind,
    InboxStatus,
    IntentStatus,
    InvoiceStatus,
    OutcomeStatus,
    OverageCollection,
    ValueType,
)
from billing.models import (
    ActionCostWeek,
    Agreement,
    Checkout,
    CustomerCost,
    DataExport,
    DataExportPart,
    Feature,
    FlagOverride,
    Invoice,
    InvoiceLine,
    Outcome,
    OutcomeDefinition,
    OutcomeDispute,
    Plan,
    PlanVersion,
    Price,
    PricingTable,
    PricingTableCard,
    PricingTableVersion,
    Publication,
    ScheduledChange,
    Settlement,
    SettlementCharge,
    StripeCustomer,
    StripeDifference,
    StripeEndpoint,
    StripeEvent,
    StripeIntent,
    StripeMeter,
    StripePrice,
    StripeProduct,
    StripeSubscription,
    TopUp,
)
from metering.models import Action
from tests.factories.agreements import SUBSCRIBED
from tests.mutants.gifts import fill_gifts
from tests.mutants.offered import fill_private_offers
from tests.mutants.prices import fill_prices
from tests.mutants.promises import fill_promises
from tests.mutants.proposals import fill_proposals
from tests.mutants.revenue import fill_revenue
from tests.mutants.simulations import fill_simulations
from tests.proof.books import Books

LATER = SUBSCRIBED + timedelta(days=30)


def fill_traffic(books: Books) -> None:
    """Write down what Stripe knows of the plans, and of two organizations alike."""
    Organization.objects.update(external_id=Lower("name"))
    _sell()
    _cost_something(books)
    beta = Feature.objects.create(
        code="beta", name="Beta", kind=FeatureKind.UNMETERED, value_type=ValueType.BOOLEAN
    )
    for organization in (books.acme, books.globex):
        _collect(organization)
        FlagOverride.objects.create(
            organization=organization, feature=beta, member="u_17", value=True
        )
        _tell(organization)
        _look(organization)
        _mail(organization)
        export = DataExport.objects.create(organization=organization, requested_at=SUBSCRIBED)
        DataExportPart.objects.create(export=export, number=0, content=b"PK")
        name = organization.name.lower()
        for place in ("ap", "cfo"):
            BillingContact.objects.create(
                organization=organization, email=f"{place}@{name}.example"
            )
    _receive()
    fill_prices(books)
    fill_promises(books)
    fill_proposals(books)
    fill_simulations(books)
    fill_gifts(books)
    fill_revenue(books)
    fill_private_offers(books)


def _cost_something(books: Books) -> None:
    """Say what serving costs, and what actions came to cost in two weeks."""
    for organization in (books.acme, books.globex):
        CustomerCost.objects.create(
            organization=organization,
            name="Hosting",
            monthly_cost=100,
            first_date=SUBSCRIBED.date(),
        )
    week = SUBSCRIBED.date() - timedelta(days=SUBSCRIBED.weekday())
    for number in range(2):
        ActionCostWeek.objects.create(
            action=Action.objects.all()[0],
            week_date=week + timedelta(days=7 * number),
            event_count=1,
            quantity=1,
            total_cost=1,
            mean_cost=1,
            p95_cost=1,
            card_cost=1,
            taken_at=SUBSCRIBED,
        )


def _show(plan: Plan) -> None:
    """Put a plan on a table that visitors are shown, and into its next draft."""
    table = PricingTable.objects.create(
        key="spring",
        name="Spring",
        plan_group=plan.group,
        audience=plan.group.audience,
        is_live=True,
        is_default=True,
    )
    for number in (1, 2):
        # The one before is published by now: there is one draft.
        table.versions.update(published_at=LATER, published_by="staff")
        version = PricingTableVersion.objects.create(table=table, number=number)
        PricingTableCard.objects.create(version=version, plan=plan, position=1)


def _sell() -> None:
    _show(Plan.objects.all()[0])
    plan, version, price = Plan.objects.all()[0], PlanVersion.objects.all()[0], Price.objects.all()
    feature = Feature.objects.all()[0]
    Publication.objects.create(plan_version=version, next_attempt_at=SUBSCRIBED)
    StripeProduct.objects.create(plan=plan, stripe_id="prod_1", name=plan.name)
    StripeMeter.objects.create(feature=feature, stripe_id="mtr_1", event_name="credits")
    sold = {"plan_version": version, "currency": "USD", "interval": BillingInterval.MONTH}
    StripePrice.objects.create(**sold, price=price[0], stripe_id="price_1")
    StripePrice.objects.create(**sold, feature=feature, stripe_id="price_2")


def _collect(organization: Organization) -> None:
    name = organization.name.lower()
    agreement = Agreement.objects.owned_by(organization).get()
    settlement = Settlement.objects.owned_by(organization).order_by("pk")[0]
    StripeCustomer.objects.create(
        organization=organization, stripe_id=f"cus_{name}", synced_at=SUBSCRIBED
    )
    StripeSubscription.objects.create(
        organization=organization,
        agreement=agreement,
        stripe_id=f"sub_{name}",
        status="active",
        synced_at=SUBSCRIBED,
    )
    Checkout.objects.create(
        organization=organization,
        kind=CheckoutKind.TOP_UP,
        status=CheckoutStatus.OPEN,
        top_up=TopUp.objects.owned_by(organization).order_by("pk")[0],
        stripe_id=f"cs_{name}",
        requested_at=SUBSCRIBED,
    )
    ScheduledChange.objects.create(
        organization=organization,
        agreement=agreement,
        to_version=agreement.plan_version,
        interval=BillingInterval.YEAR,
        seats=1,
        effective_at=LATER,
        requested_at=SUBSCRIBED,
    )
    SettlementCharge.objects.create(
        organization=organization,
        settlement=settlement,
        method=OverageCollection.INVOICE_ITEM,
        status=ChargeStatus.PLACED,
        item_id=f"ii_{name}",
        planned_at=SUBSCRIBED,
        placed_at=SUBSCRIBED,
    )
    _invoice(agreement, settlement, name=name)
    _get_done(organization)


def _get_done(organization: Organization) -> None:
    meeting, _ = OutcomeDefinition.objects.get_or_create(code="meeting_booked", name="Meeting")
    counted, _ = PropertyDefinition.objects.get_or_create(
        key="meetings", name="Meetings", type=PropertyType.INTEGER
    )
    outcome = Outcome.objects.create(
        organization=organization,
        definition=meeting,
        reference="conversation-17",
        status=OutcomeStatus.PENDING,
        occurred_at=SUBSCRIBED,
        confirms_at=LATER,
    )
    OutcomeDispute.objects.create(
        organization=organization,
        outcome=outcome,
        reason="Nobody came",
        opened_at=SUBSCRIBED,
        opened_by="bob@acme.example",
    )
    PropertyValue.objects.create(
        organization=organization,
        definition=counted,
        type=counted.type,
        number=1,
        changed_at=SUBSCRIBED,
    )


def _invoice(agreement: Agreement, settlement: Settlement, *, name: str) -> None:
    invoice = Invoice.objects.create(
        organization_id=agreement.organization_id,
        agreement=agreement,
        stripe_id=f"in_{name}",
        status=InvoiceStatus.PAID,
        currency="USD",
        subtotal_minor=1000,
        total_minor=1000,
        amount_due_minor=1000,
        amount_paid_minor=1000,
        amount_remaining_minor=0,
        issued_at=SUBSCRIBED,
        synced_at=SUBSCRIBED,
    )
    InvoiceLine.objects.create(
        organization_id=agreement.organization_id,
        invoice=invoice,
        settlement=settlement,
        stripe_id=f"il_{name}",
        position=0,
        amount_minor=1000,
        starts_at=SUBSCRIBED,
        ends_at=LATER,
    )


def _tell(organization: Organization) -> None:
    delivery = WebhookDelivery.objects.create(
        endpoint=WebhookEndpoint.objects.create(
            organization=organization, url="https://app.example/", encrypted_secret=b"secret"
        ),
        event=WebhookEvent.objects.create(
            organization=organization,
            type="invoice.paid",
            dedupe_key="inv_1",
            data={},
            occurred_at=SUBSCRIBED,
        ),
        type="invoice.paid",
        status=DeliveryStatus.DELIVERED,
        finished_at=SUBSCRIBED,
        attempt_count=1,
    )
    WebhookAttempt.objects.create(
        delivery=delivery, number=1, started_at=SUBSCRIBED, duration_ms=5, status_code=200
    )


def _mail(organization: Organization) -> None:
    address = "accounting@acme.example"
    Mail.objects.create(
        organization=organization,
        notice=MailNotice.objects.create(
            organization=organization, kind="receipt", fact="inv_1", occurred_at=SUBSCRIBED
        ),
        address=address,
        subject="Receipt",
        sent_at=SUBSCRIBED,
    )
    MailOptOut.objects.create(organization=organization, address=address, alert=MailAlert.LEVELS)


def _look(organization: Organization) -> None:
    """A link for a member, and a visit of somebody of the staff."""
    name = organization.name.lower()
    person = User.objects.create_user(f"guest@{name}.example")
    PortalLink.objects.create(
        membership=Membership.objects.create(
            organization=organization, user=person, role=Role.MEMBER
        ),
        token_sha256=name,
        made_by="API key key_1",
        page="overview",
        made_at=SUBSCRIBED,
        expires_at=SUBSCRIBED + timedelta(minutes=10),
    )
    StaffVisit.objects.create(
        organization=organization,
        user=person,
        role=Role.OWNER,
        reason="They asked.",
        started_at=SUBSCRIBED,
        ends_at=SUBSCRIBED + timedelta(minutes=30),
    )


def _receive() -> None:
    StripeIntent.objects.create(
        operation="customers.create",
        key="customer:1",
        params={},
        status=IntentStatus.DONE,
        requested_at=SUBSCRIBED,
        ended_at=SUBSCRIBED,
    )
    StripeEvent.objects.create(
        event_id="evt_1",
        type="invoice.paid",
        occurred_at=SUBSCRIBED,
        payload={},
        status=InboxStatus.HANDLED,
        received_at=SUBSCRIBED,
        handled_at=SUBSCRIBED,
    )
    StripeEndpoint.objects.create(
        stripe_id="we_1", url="https://billing.example/", encrypted_secret=b"secret"
    )
    StripeDifference.objects.create(
        kind="subscription_refused", subject="sub_1", found_at=SUBSCRIBED, seen_at=SUBSCRIBED
    )
