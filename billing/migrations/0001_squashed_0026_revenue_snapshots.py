"""Billing, in the order in which its tables know each other. What guards them follows."""

from django.db import migrations

from billing.migrations.end_state import catalog, contracts, outcomes, records, repricing, stripe
from config.kernel.migrating import CreateTogether

SUBJECTS = (catalog, contracts, stripe, outcomes, repricing, records)


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("billing", "0001_initial"),
        ("billing", "0002_published_terms"),
        ("billing", "0003_disjoint_agreements"),
        ("billing", "0004_settlements_limits_top_ups"),
        ("billing", "0005_settled_facts"),
        ("billing", "0006_settlement_of_its_organization"),
        ("billing", "0007_stripe"),
        ("billing", "0008_stripe_product"),
        ("billing", "0009_moved_anchors"),
        ("billing", "0010_subscription_revision"),
        ("billing", "0011_rows_of_their_own"),
        ("billing", "0012_refusals_set_aside"),
        ("billing", "0013_flag_overrides"),
        ("billing", "0014_outcomes"),
        ("billing", "0015_pricing_tables"),
        ("billing", "0016_data_exports"),
        ("billing", "0017_legacy_groups"),
        ("billing", "0018_money_credits"),
        ("billing", "0019_manual_credits"),
        ("billing", "0020_repricing"),
        ("billing", "0021_repricing_offers"),
        ("billing", "0022_guarantees"),
        ("billing", "0023_priced_outcomes"),
        ("billing", "0024_costs_of_customers"),
        ("billing", "0025_price_reviews"),
        ("billing", "0026_revenue_snapshots"),
    ]

    dependencies = [
        ("accounts", "0009_squashed_0014_analytics_scope"),
        ("metering", "0001_squashed_0010_events_with_tokens"),
    ]

    operations = [
        CreateTogether([table for subject in SUBJECTS for table in subject.TABLES]),
        *[operation for subject in SUBJECTS for operation in subject.GUARDS],
    ]
