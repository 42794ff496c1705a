"""The web process."""

from django.core.wsgi import get_wsgi_application

from config import env

env.enter(process="web")
application = get_wsgi_application()
