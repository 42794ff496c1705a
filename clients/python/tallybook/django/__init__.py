"""
For Django apps: pages that only some plans include, and costs and usage in templates.

The template tags need `"tallybook.django"` in `INSTALLED_APPS`.
"""

from .clients import client_of_environment
from .gates import require_feature

__all__ = ["client_of_environment", "require_feature"]
