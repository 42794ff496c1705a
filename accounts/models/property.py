from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import CODE_PATTERN
from config.kernel.models import CreatedModel

from ..choices import PropertyType
from .organization import Organization, OrganizationOwnedQuerySet

# Integers and decimals alike: six places, below 10^12 either way.
LARGEST_NUMBER = 10**12
TEXTS = [PropertyType.TEXT, PropertyType.MULTILINE]
NUMBERS = [PropertyType.INTEGER, PropertyType.DECIMAL]


class PropertyDefinition(CreatedModel):
    """A field that the company keeps about organizations. Its key and its type stay for good."""

    key = models.CharField(_("key"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    type = models.CharField(_("type"), max_length=16, choices=PropertyType.choices)
    category = models.CharField(_("category"), max_length=40, blank=True)
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Whether the organization itself may read it.")
    )

    objects = models.Manager["PropertyDefinition"]()

    class Meta:
        constraints = [
            # For the key of the values, which are of this type.
            models.UniqueConstraint(fields=["id", "type"], name="property_definition_type"),
            models.CheckConstraint(
                condition=Q(key__regex=CODE_PATTERN), name="property_definition_key_format"
            ),
            models.CheckConstraint(
                condition=Q(type__in=PropertyType.values), name="property_definition_type_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class PropertyValue(CreatedModel):
    """What an organization's property is, in the column for its type."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    definition = models.ForeignKey(
        PropertyDefinition, on_delete=models.PROTECT, related_name="values"
    )
    type = models.CharField(max_length=16, choices=PropertyType.choices, editable=False)
    text = models.TextField(null=True)  # noqa: DJ001  null where the type has another column
    boolean = models.BooleanField(null=True)
    number = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    date = models.DateField(null=True)
    changed_at = models.DateTimeField()

    objects = OrganizationOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "definition"], name="property_value_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    type__in=TEXTS, text__isnull=False, boolean=None, number=None, date=None
                )
                | Q(
                    type=PropertyType.BOOLEAN,
                    boolean__isnull=False,
                    text=None,
                    number=None,
                    date=None,
                )
                | Q(type__in=NUMBERS, number__isnull=False, text=None, boolean=None, date=None)
                | Q(
                    type=PropertyType.DATE, date__isnull=False, text=None, boolean=None, number=None
                ),
                name="property_value_fits_its_type",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number__gt=-LARGEST_NUMBER, number__lt=LARGEST_NUMBER),
                name="property_value_number_range",
            ),
            models.CheckConstraint(
                condition=~Q(type=PropertyType.INTEGER) | Q(number=Floor(F("number"))),
                name="property_value_integer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.type}"
