"""Writes of the price book."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError, Invalid

from ..models import LanguageModel, TokenPrice
from .costs import MillionPrice


class TokenPriceExists(DomainError):
    """The model already has a price from that very instant."""

    code = "token_price_exists"
    title = "There is a price from that instant already"


@transaction.atomic
def add_model(*, code: str, name: str, provider: str, actor: Actor, now: datetime) -> LanguageModel:
    """Put a model into the price book; its tokens can be reported once it has a price."""
    model = LanguageModel.objects.create(code=code, name=name, provider=provider)
    record(actor=actor, action="language_model.added", target=code, now=now)
    return model


@transaction.atomic
def update_model(
    *, model: LanguageModel, name: str, provider: str, actor: Actor, now: datetime
) -> LanguageModel:
    """Change what people read about a model. Its code stays: apps report it."""
    stored = LanguageModel.objects.select_for_update().get(pk=model.pk)
    values = {"name": name, "provider": provider}
    changes = differences({"name": stored.name, "provider": stored.provider}, values)
    stored.name, stored.provider = name, provider
    stored.save(update_fields=["name", "provider"])
    record(
        actor=actor, action="language_model.updated", target=stored.code, changes=changes, now=now
    )
    return stored


def check_price_starts_later(
    *, model: LanguageModel, effective_at: datetime, now: datetime
) -> None:
    """
    Refuse a price that would reach back: past usage keeps its cost. Raises `Invalid`.

    The first price of a model may lie in the past, so that history can be loaded.
    """
    if effective_at < now and TokenPrice.objects.filter(model=model).exists():
        raise Invalid(_("A new price starts now or later: past usage keeps its cost."))


def set_price(
    *,
    model: LanguageModel,
    effective_at: datetime,
    price: MillionPrice,
    actor: Actor,
    now: datetime,
) -> TokenPrice:
    """
    Set what a million tokens of a model cost from an instant on.

    Raises `Invalid` for a price that would reach back, and `TokenPriceExists` for a second one from
    the same instant. What was booked keeps its cost, and the costs of the rate card stay until a
    new rate is set.
    """
    check_price_starts_later(model=model, effective_at=effective_at, now=now)
    try:
        with transaction.atomic():
            stored = TokenPrice.objects.create(
                model=model,
                effective_at=effective_at,
                input_price=price.input,
                output_price=price.output,
                cached_price=price.cached,
            )
            record(
                actor=actor,
                action="token_price.set",
                target=model.code,
                changes={
                    "effective_at": effective_at.isoformat(),
                    "input": _plain(price.input),
                    "output": _plain(price.output),
                    "cached": _plain(price.cached),
                },
                now=now,
            )
    except IntegrityError as error:
        if "token_price_one_per_instant" in str(error):
            raise TokenPriceExists(
                _("%(code)s has a price from %(date)s.")
                % {"code": model.code, "date": effective_at}
            ) from error
        raise
    return stored


def _plain(price: Decimal) -> str:
    return f"{price.normalize():f}"
