from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel

from ..choices import FeatureKind, ValueType


class Feature(CreatedModel):
    """
    Something that a plan can grant: counted on a meter of the same code, or a flag's value.

    Code and kind never change: apps hold on to them.
    """

    code = models.CharField(_("code"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=FeatureKind.choices)
    meter = models.OneToOneField(
        "metering.Meter",
        to_field="code",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    value_type = models.CharField(
        _("value type"), max_length=16, choices=ValueType.choices, blank=True
    )
    default_value = models.JSONField(
        _("default value"),
        null=True,
        blank=True,
        help_text=_("What organizations have whose plan does not name the feature."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = models.Manager["Feature"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="feature_code_format"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=FeatureKind.METERED, meter=F("code"), value_type="", default_value=None
                )
                | Q(kind=FeatureKind.UNMETERED, meter=None, value_type__in=ValueType.values),
                name="feature_metered_or_valued",
            ),
        ]

    def __str__(self) -> str:
        return self.code
