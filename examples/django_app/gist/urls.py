"""Where the pages are."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("summarize", views.summarize_text, name="summarize"),
    path("insights", views.insights, name="insights"),
    path("become", views.become, name="become"),
    path("webhooks", views.webhooks),
]
