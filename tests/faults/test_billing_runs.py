"""Billing that is run twice at once, and killed, bills as if it had been run once."""

from tests.support.installation import Installation
from tests.verify.billing_runs import SHORT, prove_billing_runs


def test_two_billing_runs_of_which_one_is_killed_settle_each_period_once(
    blank: Installation,
) -> None:
    figures = prove_billing_runs(blank.copy("billing"), scale=SHORT, seed=3)

    assert figures.findings == []
    assert figures.is_clean
