"""What Gist keeps."""

from django.db import models


class BillingEvent(models.Model):
    """Something that Tallybook told us. Its id is unique, so what is told twice is kept once."""

    id = models.CharField(max_length=64, primary_key=True)
    type = models.CharField(max_length=64)
    organization = models.CharField(max_length=64)
    external_id = models.CharField(max_length=128)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["-happened_at"]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
