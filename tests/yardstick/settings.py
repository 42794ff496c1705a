"""The demo's settings, with the yardstick among the addresses."""

from config.settings import demo

globals().update({name: value for name, value in vars(demo).items() if name.isupper()})

ROOT_URLCONF = "tests.yardstick.addresses"
