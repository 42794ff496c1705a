from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kernel.constraints import unit_price_check
from config.kernel.models import CreatedModel, UnitPriceField


class LanguageModel(CreatedModel):
    """A model of a provider that is paid for by the token, under the name that apps report."""

    code = models.CharField(
        _("code"),
        max_length=100,
        unique=True,
        help_text=_("As apps report it, such as “gpt-4o-mini”. It never changes."),
    )
    name = models.CharField(_("name"), max_length=80)
    provider = models.CharField(_("provider"), max_length=80)

    objects = models.Manager["LanguageModel"]()

    class Meta:
        verbose_name = _("language model")
        verbose_name_plural = _("language models")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$"),
                name="language_model_code_format",
            )
        ]

    def __str__(self) -> str:
        return self.code


class TokenPrice(CreatedModel):
    """
    What a million tokens of a model cost us, from a date until the next price.

    A price never changes once it is in force; a new price is a new row.
    """

    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="prices")
    effective_at = models.DateTimeField(_("effective at"))
    input_price = UnitPriceField(
        _("input"), help_text=_("Of a million tokens, in the reporting currency.")
    )
    output_price = UnitPriceField(
        _("output"), help_text=_("Of a million tokens, in the reporting currency.")
    )
    cached_price = UnitPriceField(
        _("cached input"),
        help_text=_("Of a million input tokens that the provider had read before."),
    )

    objects = models.Manager["TokenPrice"]()

    class Meta:
        verbose_name = _("token price")
        verbose_name_plural = _("token prices")
        constraints = [
            models.UniqueConstraint(
                fields=["model", "effective_at"], name="token_price_one_per_instant"
            ),
            unit_price_check("input_price", name="token_price_input_range"),
            unit_price_check("output_price", name="token_price_output_range"),
            unit_price_check("cached_price", name="token_price_cached_range"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} from {self.effective_at:%Y-%m-%d}"
