"""The forms in which staff write a pricing table: the table, and each plan's card."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import Invalid

from ..choices import Visibility
from ..models import Plan, PlanGroup, PricingTable
from ..pricing_tables.content import (
    LONGEST,
    LONGEST_FEATURE,
    MOST_FEATURES,
    CardContent,
    CardTexts,
    TableContent,
    TableTexts,
)
from ..pricing_tables.origins import clean_origins

_WIDE: Final = {"class": "vTextField"}


class NewTableForm(forms.ModelForm[PricingTable]):
    class Meta:
        model = PricingTable
        fields = ["key", "name", "plan_group"]
        help_texts = {
            "key": _("Addresses name it for good: small letters, digits and underscores."),
            "plan_group": _("The first draft gets a card for each of its plans."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = cast("forms.ModelChoiceField[PlanGroup]", self.fields["plan_group"])
        groups.queryset = PlanGroup.objects.filter(visibility=Visibility.CURRENT)


class TableForm(forms.ModelForm[PricingTable]):
    frame_ancestors = forms.CharField(
        label=_("Sites that may embed it"),
        required=False,
        widget=forms.Textarea({"rows": 3, "cols": 60}),
        help_text=_(
            "One a line, as https://www.example.com or https://*.example.com. Empty means any site."
        ),
    )

    class Meta:
        model = PricingTable
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["frame_ancestors"] = "\n".join(self.instance.frame_ancestors)

    def clean_frame_ancestors(self) -> list[str]:
        """The sites that were entered."""
        try:
            return clean_origins(self.cleaned_data["frame_ancestors"].split())
        except Invalid as refusal:
            raise ValidationError(refusal.detail) from refusal


def _line(label: Any, name: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST[name], widget=forms.TextInput(_WIDE)
    )


class TableTextsForm(forms.Form):
    """What stands above the cards, in one language."""

    heading = _line(_("Heading"), "heading")
    description = _line(_("Description"), "description")

    @property
    def texts(self) -> TableTexts:
        """What was entered."""
        return TableTexts(**self.cleaned_data)


class CardTextsForm(forms.Form):
    """What a card says, in one language."""

    heading = _line(_("Heading"), "heading")
    description = _line(_("Description"), "description")
    call_to_action = _line(_("Button"), "call_to_action")
    highlight = _line(_("Highlight label"), "highlight")
    features_heading = _line(_("Heading of the features"), "features_heading")
    features = forms.CharField(
        label=_("Features, one a line"),
        required=False,
        max_length=MOST_FEATURES * (LONGEST_FEATURE + 2),
        widget=forms.Textarea({"rows": 4, "cols": 60}),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_words = {"heading": plan.name, "description": plan.tagline, "highlight": plan.highlight}
        for name, words in own_words.items():
            self.fields[name].widget.attrs["placeholder"] = words

    def clean_features(self) -> tuple[str, ...]:
        """The lines that say something."""
        lines = [line.strip() for line in self.cleaned_data["features"].splitlines()]
        return tuple(line for line in lines if line)

    @property
    def texts(self) -> CardTexts:
        """What was entered."""
        return CardTexts(**self.cleaned_data)


class CardForm(forms.Form):
    """Whether a plan is on the table, where, and what its card says in each language."""

    is_shown = forms.BooleanField(label=_("On the table"), required=False)
    position = forms.IntegerField(
        label=_("Position"), min_value=1, max_value=999, widget=forms.NumberInput({"size": 4})
    )
    is_highlighted = forms.BooleanField(label=_("Highlighted"), required=False)

    def __init__(
        self, data: Any, *, plan: Plan, card: CardContent | None, position: int, is_published: bool
    ) -> None:
        shown = card is not None
        super().__init__(
            data,
            prefix=plan.code,
            initial={
                "is_shown": shown,
                "position": position,
                "is_highlighted": card.is_highlighted if card is not None else False,
            },
        )
        self.plan, self.is_published = plan, is_published
        said = card.texts if card is not None else {}
        self.languages = [
            (
                str(name),
                CardTextsForm(
                    data,
                    plan=plan,
                    prefix=f"{plan.code}-{code}",
                    initial=_initial(said.get(code, CardTexts())),
                ),
                code,
            )
            for code, name in settings.LANGUAGES
        ]

    def is_valid(self) -> bool:
        own = super().is_valid()
        return all(form.is_valid() for _name, form, _code in self.languages) and own

    @property
    def content(self) -> CardContent:
        """The card that was entered."""
        return CardContent(
            self.plan.code,
            self.cleaned_data["is_highlighted"],
            {code: form.texts for _name, form, code in self.languages},
        )


class BuilderForm(forms.Form):
    """Everything that the draft of a table says."""

    def __init__(
        self, data: Any = None, *, plans: Sequence[tuple[Plan, bool]], content: TableContent
    ) -> None:
        super().__init__(data)
        self.languages = [
            (
                str(name),
                TableTextsForm(
                    data,
                    prefix=f"table-{code}",
                    initial=_initial(content.texts.get(code, TableTexts())),
                ),
                code,
            )
            for code, name in settings.LANGUAGES
        ]
        self.cards = list(_card_forms(data, plans=plans, content=content))

    def clean(self) -> dict[str, Any]:
        """The content, once every part of it can be read."""
        parts = [*(form for _name, form, _code in self.languages), *self.cards]
        # Each part is asked, so that all mistakes are shown at once.
        if not all([part.is_valid() for part in parts]):
            raise ValidationError(_("Please correct what is marked below."))
        return {"content": self._content()}

    def _content(self) -> TableContent:
        shown = [card for card in self.cards if card.cleaned_data["is_shown"]]
        ordered = sorted(shown, key=lambda card: card.cleaned_data["position"])
        content = TableContent(
            cards=tuple(card.content for card in ordered),
            texts={code: form.texts for _name, form, code in self.languages},
        )
        try:
            content.check()
        except Invalid as refusal:
            raise ValidationError(refusal.detail) from refusal
        return content


def _card_forms(
    data: Any, *, plans: Sequence[tuple[Plan, bool]], content: TableContent
) -> Iterator[CardForm]:
    """A form for each plan of the group: those on the table first, in their order."""
    cards: Mapping[str, CardContent] = {card.plan_code: card for card in content.cards}
    order = [*cards]

    def place(item: tuple[Plan, bool]) -> int:
        return order.index(item[0].code) if item[0].code in cards else len(order)

    for position, (plan, is_published) in enumerate(sorted(plans, key=place), start=1):
        yield CardForm(
            data,
            plan=plan,
            card=cards.get(plan.code),
            position=position,
            is_published=is_published,
        )


def _initial(texts: TableTexts | CardTexts) -> dict[str, Any]:
    said = asdict(texts)
    if isinstance(texts, CardTexts):
        said["features"] = "\n".join(texts.features)
    return said
