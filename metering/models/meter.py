from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel

from ..choices import Aggregation, MeterSource


class Meter(CreatedModel):
    """
    What is counted: the unit that a ledger is kept in.

    How its reports make the value of a period never changes.
    """

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    unit = models.CharField(_("unit"), max_length=40, help_text=_("One of it, such as “credit”."))
    unit_plural = models.CharField(_("unit, plural"), max_length=40)
    aggregation = models.CharField(
        _("aggregation"), max_length=16, choices=Aggregation.choices, default=Aggregation.SUM
    )
    unique_property = models.CharField(
        _("property to tell apart"),
        max_length=40,
        blank=True,
        help_text=_("Whose different values are counted: “member”, or the name of a property."),
    )
    source = models.CharField(
        _("counted from"), max_length=16, choices=MeterSource.choices, default=MeterSource.REPORTS
    )

    objects = models.Manager["Meter"]()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="meter_code_format"),
            models.CheckConstraint(
                condition=Q(aggregation__in=Aggregation.values, source__in=MeterSource.values),
                name="meter_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(aggregation=Aggregation.UNIQUE) & ~Q(unique_property="")
                | ~Q(aggregation=Aggregation.UNIQUE) & Q(unique_property=""),
                name="meter_unique_names_a_property",
            ),
            models.CheckConstraint(
                condition=~Q(source=MeterSource.MEMBERSHIPS)
                | Q(aggregation__in=[Aggregation.LATEST, Aggregation.MAX]),
                name="meter_of_memberships_is_a_level",
            ),
        ]

    def __str__(self) -> str:
        return self.code
