"""The OpenAPI document and the page to read it on."""

from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from .parameters import refuse_unknown_parameters


class ApiSchema(SpectacularAPIView):
    """The document: YAML, or JSON for who asks for it."""

    permission_classes = [AllowAny]
    http_method_names = ["get", "head"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what spectacular would take besides: it writes `version` into a header."""
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request._request, known={"format", "lang"})


# Swagger's own stylesheet draws its icons from data: addresses.
@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class ApiDocumentation(SpectacularSwaggerSplitView):
    """Swagger, from our own files and within the site's content security policy."""

    permission_classes = [AllowAny]
    http_method_names = ["get", "head"]
    template_name = "portal/api_docs.html"
    url = "../schema/"
    title = "Tallybook API"
