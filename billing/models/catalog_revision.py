from uuid import uuid4

from django.db import models
from django.db.models import Q


class CatalogRevision(models.Model):
    """
    One row that changes with features, plans and what is published of them, so that a process
    may keep what it has read of the catalog until then.

    Triggers write it. The value says nothing; that it never comes back makes it worth comparing.
    """

    is_only = models.BooleanField(primary_key=True, default=True, editable=False)
    value = models.UUIDField(default=uuid4, editable=False)

    objects = models.Manager["CatalogRevision"]()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_only=True), name="catalog_revision_is_only_one")
        ]

    def __str__(self) -> str:
        return str(self.value)
