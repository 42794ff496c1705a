"""The answer at a moment: may it be used, how much is left, and why not."""
