from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel


class Meter(CreatedModel):
    """What is counted: the unit that a ledger is kept in."""

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    unit = models.CharField(_("unit"), max_length=40, help_text=_("One of it, such as “credit”."))
    unit_plural = models.CharField(_("unit, plural"), max_length=40)

    objects = models.Manager["Meter"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=CODE_PATTERN), name="meter_code_format"
            )
        ]

    def __str__(self) -> str:
        return self.code
