from django.db import models
from django.db.models import Q

from config.kernel.models import CreatedModel

from .api_key import ApiKey


class IdempotencyRecord(CreatedModel):
    """
    The first answer to a POST that carried an `Idempotency-Key`.

    A row without an answer is a request in flight; a row with one is replayed.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=80, blank=True)
    body = models.BinaryField(null=True)

    objects = models.Manager["IdempotencyRecord"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api_key", "key"], name="idempotency_record_one_per_key"
            ),
            models.CheckConstraint(
                condition=Q(status=None, body=None) | Q(status__lt=500, body__isnull=False),
                name="idempotency_record_never_keeps_a_failure",
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="idempotency_record_started")]

    def __str__(self) -> str:
        return f"{self.pk} {self.key}"
