"""Where OFREP is mounted, below `/ofrep/v1/evaluate/`."""

from django.urls import path, re_path

from ..fallbacks import nothing_here
from .views import evaluate_flag, evaluate_flags

app_name = "ofrep"
urlpatterns = [
    path("flags", evaluate_flags, name="flags"),
    path("flags/<str:key>", evaluate_flag, name="flag"),
    re_path("", nothing_here, name="nothing-here"),
]
