"""How fast Tallybook is on this machine. `make bench` prints one JSON object per figure."""

import django

from config import env

env.enter(process="command", settings="config.settings.demo")
django.setup()
