"""`python -m tests.proof`: what `run_model` starts. Django is set up before anything needs it."""

from importlib import import_module

import django

django.setup()
import_module("tests.proof.telling").main()
