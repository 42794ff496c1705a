"""Codes stored in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Whom the plans of a group are for."""

    ORGANIZATIONS = "organizations", _("Organizations")
    INDIVIDUALS = "individuals", _("Individuals")


class Visibility(models.TextChoices):
    """Whether the plans of a group are on sale, or only honoured for those who have them."""

    CURRENT = "current", _("Current: on sale")
    LEGACY = "legacy", _("Legacy: hidden but honoured")


class FeatureKind(models.TextChoices):
    """Whether a feature is counted."""

    METERED = "metered", _("Metered")
    UNMETERED = "unmetered", _("Unmetered")


class ValueType(models.TextChoices):
    """What an unmetered feature's value is."""

    BOOLEAN = "boolean", _("On or off")
    STRING = "string", _("Text")
    NUMBER = "number", _("Number")
    JSON = "json", _("JSON")


class PriceKind(models.TextChoices):
    """What a base price is multiplied by."""

    FIXED = "fixed", _("Fixed")
    PER_SEAT = "per_seat", _("Per seat")


class BillingInterval(models.TextChoices):
    """How often the base price is due."""

    MONTH = "month", _("Monthly")
    YEAR = "year", _("Yearly")


class RolloverBasis(models.TextChoices):
    """What a rollover percentage is taken of."""

    NONE = "none", _("No rollover")
    UNUSED = "unused", _("Percent of what is unused")
    ALLOWANCE = "allowance", _("Percent of the allowance, at most what is unused")


class PricingModel(models.TextChoices):
    """How the overage of a period makes a charge."""

    PER_UNIT = "per_unit", _("Per unit")
    GRADUATED = "graduated", _("Graduated: each tier at its own price")
    VOLUME = "volume", _("Volume: everything at the price of the tier reached")
    PACKAGE = "package", _("Packages")
    PERCENTAGE = "percentage", _("Percentage of the reported value")


class WhenPastDue(models.TextChoices):
    """Whether a feature may still be used while a payment is overdue."""

    ALLOW = "allow", _("Keep allowing")
    REFUSE = "refuse", _("Refuse what asks first")


class OutcomeStatus(models.TextChoices):
    """Where an outcome stands."""

    PENDING = "pending", _("Pending")
    CONFIRMED = "confirmed", _("Confirmed")
    REVERSED = "reversed", _("Reversed")


class DisputeStatus(models.TextChoices):
    """What became of a customer's word that an outcome was none."""

    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld: the outcome is reversed")
    REJECTED = "rejected", _("Rejected: the outcome stays")


class OutcomeCharge(models.TextChoices):
    """Whether an outcome costs the customer anything."""

    NONE = "none", _("Not charged")
    WAITING = "waiting", _("Charged once confirmed")
    COUNTED = "counted", _("On the next settlement")
    BILLED = "billed", _("Billed")
    GIVEN_BACK = "given_back", _("Given back")


class SettlementKind(models.TextChoices):
    """What a settlement settles."""

    PERIOD = "period", _("A usage period")
    CORRECTION = "correction", _("A correction of a settled period")


class ThresholdUnit(models.TextChoices):
    """What a usage threshold is measured in."""

    PERCENT = "percent", _("Percent of the allowance")
    CREDITS = "credits", _("Quantity used")
    MONEY = "money", _("Overage charges")


class CapAction(models.TextChoices):
    """What happens at a spend cap."""

    STOP = "stop", _("Refuse usage that asks first")
    NOTIFY = "notify", _("Only tell us")


class TopUpStatus(models.TextChoices):
    """Where a top-up stands. Its credits are granted when it is paid, never before."""

    PENDING = "pending", _("Waiting for payment")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Payment failed")
    CANCELED = "canceled", _("Canceled")


class TopUpTrigger(models.TextChoices):
    """Who ordered a top-up."""

    PERSON = "person", _("A person")
    AUTOMATIC = "automatic", _("Automatic top-up")


class AgreementStatus(models.TextChoices):
    """Where an agreement stands."""

    TRIALING = "trialing", _("On trial")
    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Payment overdue")
    CANCELED = "canceled", _("Canceled")


class EndReason(models.TextChoices):
    """Why an agreement is going to end."""

    REQUESTED = "requested", _("Canceled")
    TRIAL_WITHOUT_CARD = "trial_without_card", _("The trial ends without a payment method")


class Collection(models.TextChoices):
    """How the money of an agreement is collected."""

    FREE = "free", _("Nothing to collect")
    NOT_CONNECTED = "not_connected", _("Billing not connected")
    STRIPE = "stripe", _("Stripe")


LIVE_STATUSES = (AgreementStatus.TRIALING, AgreementStatus.ACTIVE, AgreementStatus.PAST_DUE)


class ScheduledChangeStatus(models.TextChoices):
    """What became of a change that was to take effect later."""

    WAITING = "waiting", _("Waiting")
    APPLIED = "applied", _("Took effect")
    UNDONE = "undone", _("Undone")


class PrivateOfferStatus(models.TextChoices):
    """Where a plan that is offered to one customer stands."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


class OverageCollection(models.TextChoices):
    """How the overage of a plan's agreements reaches Stripe."""

    INVOICE_ITEM = "invoice_item", _("As finished lines on an invoice")
    BILLING_METER = "billing_meter", _("Reported to a Billing Meter")


class PublicationStatus(models.TextChoices):
    """Whether Stripe knows what is on sale."""

    WAITING = "waiting", _("Not published yet")
    PUBLISHED = "published", _("Published")
    FAILED = "failed", _("Failed, will be tried again")
    DRIFTED = "drifted", _("Edited at Stripe")


class CheckoutKind(models.TextChoices):
    """What a visit to Stripe's payment page is for."""

    AGREEMENT = "agreement", _("An agreement")
    TOP_UP = "top_up", _("A top-up")
    CARD = "card", _("A payment method")


class CheckoutStatus(models.TextChoices):
    """Where a visit to Stripe's payment page stands."""

    OPENING = "opening", _("Being opened")
    OPEN = "open", _("Open")
    COMPLETED = "completed", _("Completed")
    EXPIRED = "expired", _("Expired")


class IntentStatus(models.TextChoices):
    """What is known of a call to Stripe."""

    OPEN = "open", _("Open: its outcome is not known")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused by Stripe")
    ABANDONED = "abandoned", _("Given up: it had no effect")


class InboxStatus(models.TextChoices):
    """Whether an event of Stripe's has been seen to."""

    WAITING = "waiting", _("Waiting")
    HANDLED = "handled", _("Handled")
    IGNORED = "ignored", _("Of no concern")
    FAILED = "failed", _("Failed, will be tried again")


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands; the words are Stripe's."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")
    UNCOLLECTIBLE = "uncollectible", _("Uncollectible")


class ChargeStatus(models.TextChoices):
    """How far the money of a settlement has come."""

    PLANNED = "planned", _("To be put on an invoice")
    PLACED = "placed", _("On an invoice that is a draft, or waiting for one")
    INVOICED = "invoiced", _("On an invoice that is final")


class CancelFeedback(models.TextChoices):
    """Why a customer leaves; the words are Stripe's."""

    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    LOW_QUALITY = "low_quality", _("Quality")
    MISSING_FEATURES = "missing_features", _("Missing features")
    OTHER = "other", _("Another reason")
    SWITCHED_SERVICE = "switched_service", _("Another service")
    TOO_COMPLEX = "too_complex", _("Too complicated")
    TOO_EXPENSIVE = "too_expensive", _("Too expensive")
    UNUSED = "unused", _("Not used enough")


class DataExportStatus(models.TextChoices):
    """What became of an export of an organization's data."""

    WAITING = "waiting", _("Waiting")
    MAKING = "making", _("In the making")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    REMOVED = "removed", _("Removed")


class CampaignStatus(models.TextChoices):
    """Where a repricing campaign stands."""

    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    CLOSED = "closed", _("Closed")


class SimulationStatus(models.TextChoices):
    """How far a simulation has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Verdict(models.TextChoices):
    """What a move to the best plan would mean to a customer, over the months replayed."""

    SAVES = "saves", _("Saves money")
    SAME = "same", _("Costs the same")
    PAYS_MORE = "pays_more", _("Pays more")
    NO_PLAN = "no_plan", _("No plan fits")


class OfferStatus(models.TextChoices):
    """Where the offer of a repricing campaign to one customer stands."""

    PREPARED = "prepared", _("Prepared, nobody was told")
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted, waits for its date")
    DECLINED = "declined", _("Declined")
    APPLIED = "applied", _("Moved")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class GuaranteeRule(models.TextChoices):
    """Which difference a no-increase guarantee gives back."""

    PER_MONTH = "per_month", _("Every month by itself")
    CUMULATIVE = "cumulative", _("All months together")


class GuaranteeEnd(models.TextChoices):
    """Why a no-increase guarantee is over."""

    LASTED = "lasted", _("Its months are over")
    MOVED_UP = "moved_up", _("Moved to a dearer plan")
    LEFT = "left", _("The plan ended")
    REPLACED = "replaced", _("A newer guarantee took its place")


class MoneyCreditCause(models.TextChoices):
    """Why money is given back to a customer."""

    MANUAL = "manual", _("Given by staff")
    GUARANTEE = "guarantee", _("No-increase guarantee")


class MoneyCreditStatus(models.TextChoices):
    """How far a money credit has come."""

    GRANTED = "granted", _("To be put on the customer's balance")
    CREDITED = "credited", _("On the customer's balance")
    TAKEN_BACK = "taken_back", _("Expired, and what was left taken back")


class ManualCreditKind(models.TextChoices):
    """What staff give by hand."""

    CREDITS = "credits", _("Credits")
    MONEY = "money", _("Money")


class ManualCreditStatus(models.TextChoices):
    """Where a credit that staff want to give stands."""

    WAITING = "waiting", _("Waits for a second person")
    GIVEN = "given", _("Given")
    DECLINED = "declined", _("Declined")


class CostBasis(models.TextChoices):
    """What a monthly cost of serving customers is counted for."""

    ORGANIZATION = "organization", _("each organization")
    SEAT = "seat", _("each seat")
