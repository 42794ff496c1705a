"""What becomes of unused credits, in one sentence."""

from metering.credits.rollover import Basis, RolloverPolicy
from metering.expiry_words import expiry_sentence


def test_starter_says_that_nothing_rolls_over() -> None:
    assert (
        expiry_sentence(None, unit_plural="credits")
        == "Unused credits expire at the monthly reset; nothing rolls over."
    )


def test_professional_rolls_a_quarter_for_one_month() -> None:
    policy = RolloverPolicy(Basis.UNUSED, percent=25, term_periods=1)
    assert expiry_sentence(policy, unit_plural="credits") == (
        "25 % of unused credits roll over for one month, once; "
        "the rest expires at the monthly reset."
    )


def test_enterprise_rolls_half_for_ever_up_to_one_allowance() -> None:
    policy = RolloverPolicy(Basis.UNUSED, percent=50, cap_percent=100)
    assert expiry_sentence(policy, unit_plural="credits") == (
        "50 % of unused credits roll over and never expire, "
        "up to 100 % of the monthly allowance in total; the rest expires at the monthly reset."
    )


def test_a_share_of_the_allowance_is_named_as_such() -> None:
    policy = RolloverPolicy(Basis.ALLOWANCE, percent=10, term_periods=3, rerolls=True)
    assert expiry_sentence(policy, unit_plural="minutes") == (
        "Unused minutes, up to 10 % of the allowance, roll over for 3 months; "
        "the rest expires at the monthly reset."
    )
