"""A short text that is the same for the same terms, and for no others."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from hashlib import sha256
from typing import Any

from .terms import FeatureTerms, VersionTerms


def fingerprint_of(terms: VersionTerms) -> str:
    """Return the SHA-256 of the terms, written down in one way: equal terms, equal text."""
    written = {
        "version": terms.version_id,
        "included_seats": terms.included_seats,
        "prices": [asdict(price) for price in terms.prices],
        "features": [_written(feature) for feature in terms.features],
    }
    canonical = json.dumps(written, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(canonical.encode()).hexdigest()


def _written(feature: FeatureTerms) -> Mapping[str, Any]:
    return {
        "feature": feature.feature_id,
        "value": feature.value,
        "allowance": _plain(feature.allowance),
        "limit": _plain(feature.limit),
        "overage": {currency: _plain(price) for currency, price in feature.overage.items()},
        "rollover": asdict(feature.rollover) if feature.rollover is not None else None,
    }


def _plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"
