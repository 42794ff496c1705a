"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from .agreements.operations import bring_all_current
from .agreements.trial_endings import announce_ending_trials
from .analytics import books, drift, snapshots
from .exports import making as exporting
from .exports import operations as exports
from .legacy import offers as private_offers
from .outcomes import operations as outcomes
from .price_design import notices as rate_notices
from .price_design import reviews as price_reviews
from .repricing import simulation as simulating
from .repricing.guarantees.keeping import keep_all_guarantees
from .repricing.offers import moving, noticing
from .seats.operations import count_all_seats
from .settlements.operations import close_due_periods as settle_all_due_periods
from .stripe import clocks, inbox, intents, levelling
from .stripe.journeys import top_ups
from .stripe.publishing import check_drift, publish_waiting
from .stripe.reconcile import operations as reconciling
from .stripe.settling import money_credits
from .stripe.settling import operations as settling
from .usage.news import announce_usage


@shared_task(name="billing.bring_agreements_current", ignore_result=True)
def bring_agreements_current(**_later: object) -> None:
    """Open the periods that agreements have come to."""
    bring_all_current(now=timezone.now())


@shared_task(name="billing.announce_ending_trials", ignore_result=True)
def tell_of_ending_trials(**_later: object) -> None:
    """Tell apps of trials that are soon to end."""
    announce_ending_trials(now=timezone.now())


@shared_task(name="billing.announce_usage", ignore_result=True)
def tell_of_usage(**_later: object) -> None:
    """Tell apps that ask for it how much was used."""
    announce_usage(now=timezone.now())


@shared_task(name="billing.tell_of_rate_changes", ignore_result=True)
def tell_of_rate_changes(**_later: object) -> None:
    """Tell customers of actions that will take more or fewer credits."""
    rate_notices.tell_of_rate_changes(now=timezone.now())


@shared_task(name="billing.open_due_price_review", ignore_result=True)
def open_due_price_review(**_later: object) -> None:
    """Have prices reviewed every quarter."""
    price_reviews.open_due_review(now=timezone.now())


@shared_task(name="billing.close_due_periods", ignore_result=True)
def close_due_periods(**_later: object) -> None:
    """Settle the usage periods whose grace is over."""
    settle_all_due_periods(now=timezone.now())


@shared_task(name="billing.count_seats", ignore_result=True)
def count_seats(**_later: object) -> None:
    """Book the number of members where a plan counts them."""
    count_all_seats(now=timezone.now())


@shared_task(name="billing.let_private_offers_lapse", ignore_result=True)
def let_private_offers_lapse(**_later: object) -> None:
    """End private offers that nobody took in time."""
    private_offers.let_offers_lapse(now=timezone.now())


@shared_task(name="billing.take_revenue_snapshots", ignore_result=True)
def take_revenue_snapshots(**_later: object) -> None:
    """Write down what customers pay a month, once for each day that is over."""
    snapshots.take_due_snapshots(now=timezone.now())


@shared_task(name="billing.check_books", ignore_result=True)
def check_books(**_later: object) -> None:
    """Prove the books, and keep what came of it."""
    books.check_books(now=timezone.now())


@shared_task(name="billing.confirm_due_outcomes", ignore_result=True)
def confirm_due_outcomes(**_later: object) -> None:
    """Confirm the outcomes whose window has passed."""
    outcomes.confirm_due_outcomes(now=timezone.now())


@shared_task(name="billing.handle_stripe_event", ignore_result=True)
def handle_stripe_event(*, event_id: int, **_later: object) -> None:
    """See to an event that Stripe has sent."""
    inbox.handle(event_id=event_id, now=timezone.now())


@shared_task(name="billing.handle_waiting_stripe_events", ignore_result=True)
def handle_waiting_stripe_events(**_later: object) -> None:
    """See to the events whose message was lost, or that failed before."""
    inbox.handle_waiting(now=timezone.now())


@shared_task(name="billing.catch_up_with_stripe", ignore_result=True)
def catch_up_with_stripe(**_later: object) -> None:
    """Take in the events that Stripe could not deliver."""
    inbox.catch_up(now=timezone.now())


@shared_task(name="billing.finish_stripe_intents", ignore_result=True)
def finish_stripe_intents(**_later: object) -> None:
    """Finish the calls to Stripe whose outcome is not known."""
    intents.finish_open_intents(now=timezone.now())


@shared_task(name="billing.forget_old_stripe_payloads", ignore_result=True)
def forget_old_stripe_payloads(**_later: object) -> None:
    """Empty what Stripe told long ago."""
    inbox.forget_old_payloads(now=timezone.now())


@shared_task(name="billing.look_at_waiting_subscriptions", ignore_result=True)
def look_at_waiting_subscriptions(**_later: object) -> None:
    """Let what is paid for begin, once nothing is in its way any more."""
    levelling.look_at_waiting(now=timezone.now())


@shared_task(name="billing.collect_overage", ignore_result=True)
def collect_overage(**_later: object) -> None:
    """Put what was settled on invoices, and let drafts go that are complete."""
    settling.collect_all_overage(now=timezone.now())


@shared_task(name="billing.settle_money_credits", ignore_result=True)
def settle_money_credits(**_later: object) -> None:
    """Put money credits on their customers' balances, and take back what has expired."""
    money_credits.settle_all_money_credits(now=timezone.now())


@shared_task(name="billing.look_for_invoices", ignore_result=True)
def look_for_invoices(**_later: object) -> None:
    """Ask Stripe for drafts that no event told of, and for invoices that came too early."""
    settling.look_for_invoices(now=timezone.now())


@shared_task(name="billing.reconcile_with_stripe", ignore_result=True)
def reconcile_with_stripe(**_later: object) -> None:
    """Compare Stripe and our books, and keep what does not agree."""
    reconciling.reconcile(now=timezone.now())


@shared_task(name="billing.pay_automatic_top_ups", ignore_result=True)
def pay_automatic_top_ups(**_later: object) -> None:
    """Charge what was ordered automatically to the card on file."""
    top_ups.pay_automatic_top_ups(now=timezone.now())


@shared_task(name="billing.bring_rehearsed_current", ignore_result=True)
def bring_rehearsed_current(**_later: object) -> None:
    """Do what is due for organizations that live by a test clock."""
    clocks.bring_rehearsed_current(now=timezone.now())


@shared_task(name="billing.publish_waiting", ignore_result=True)
def publish_waiting_plans(**_later: object) -> None:
    """Have Stripe know what is on sale."""
    publish_waiting(now=timezone.now())


@shared_task(name="billing.check_drift", ignore_result=True)
def check_drift_at_stripe(**_later: object) -> None:
    """Look for what was edited at Stripe."""
    check_drift(now=timezone.now())


@shared_task(name="billing.make_data_export", ignore_result=True)
def make_data_export(*, export_id: int, **_later: object) -> None:
    """Make the file of everything that an organization has."""
    exporting.make_export(export_id=export_id, clock=timezone.now)


@shared_task(name="billing.make_due_exports", ignore_result=True)
def make_due_exports(**_later: object) -> None:
    """Make the exports that no bell was heard for, or whose worker died."""
    exporting.make_due_exports(clock=timezone.now)


@shared_task(name="billing.remove_expired_exports", ignore_result=True)
def remove_expired_exports(**_later: object) -> None:
    """Remove the exports that were kept long enough."""
    exports.remove_expired_exports(now=timezone.now())


@shared_task(name="billing.move_offer", ignore_result=True)
def move_offer(*, offer_id: int, **_later: object) -> None:
    """Do what follows from an answer to an offer."""
    moving.move_offer(offer_id=offer_id, now=timezone.now())


@shared_task(name="billing.move_due_offers", ignore_result=True)
def move_due_offers(**_later: object) -> None:
    """Move the customers whose renewal after the notice has come."""
    moving.move_due_offers(now=timezone.now())


@shared_task(name="billing.send_due_notices", ignore_result=True)
def send_due_notices(**_later: object) -> None:
    """Have the notices of offers mailed that are due."""
    noticing.send_due_notices(now=timezone.now())


@shared_task(name="billing.keep_guarantees", ignore_result=True)
def keep_guarantees(**_later: object) -> None:
    """Compare the months of guarantees that are settled, and give back what is due."""
    keep_all_guarantees(now=timezone.now())


@shared_task(name="billing.make_simulation", ignore_result=True)
def make_simulation(*, simulation_id: int, **_later: object) -> None:
    """Replay the cohort of a repricing campaign."""
    simulating.make_simulation(simulation_id=simulation_id, clock=timezone.now)


@shared_task(name="billing.make_due_simulations", ignore_result=True)
def make_due_simulations(**_later: object) -> None:
    """Make the simulations that no bell was heard for, or whose worker died."""
    simulating.make_due_simulations(clock=timezone.now)


@shared_task(name="billing.take_cost_weeks", ignore_result=True)
def take_cost_weeks(**_later: object) -> None:
    """Take down what actions cost in the weeks that are over."""
    drift.take_weeks(now=timezone.now())
