"""
The official Stripe CLI against the sandbox.

`stripe trigger EVENT` runs a script of Stripe's own, a handful of calls that bring an event about.
Whoever wrote those scripts did not know of the sandbox: that they run through is evidence that is
not ours.

The CLI is no dependency. On Linux with an x86-64 processor it is installed with

    npm install --prefix .tallybook/stripe-cli --no-save --ignore-scripts \\
        @stripe/cli-linux-x64@1.52.0

Then `python -m tests.sandbox.cli` runs every script and says what came of it, and pytest runs them
too. Where the CLI is not installed, pytest does not collect them.
"""
