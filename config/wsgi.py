"""The web process."""

import gc

from django.core.wsgi import get_wsgi_application

from config import env

env.enter(process="web")
application = get_wsgi_application()

# What is loaded by now stays: the collector need not look at it with every full sweep.
gc.collect()
gc.freeze()
