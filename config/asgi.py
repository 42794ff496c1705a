"""The web process, for servers that speak ASGI."""

from django.core.asgi import get_asgi_application

from config import env

env.enter(process="web")
application = get_asgi_application()
