"""Models whose price nobody knows: what is charged for them is a bound, not a price."""

from __future__ import annotations

import os

from app.models.chains import chain_names
from app.models.local.model import is_local
from app.models.prices import price_by
from app.settings import Settings

_TOKENS = {"input_tokens": 1000, "output_tokens": 1000}


def unpriced_models(settings: Settings) -> list[str]:
    """The models of all chains, as set, that neither the settings nor genai-prices have a price of."""
    price = price_by(settings.budgets.prices)
    own = settings.model_base_url or os.environ.get("OPENAI_BASE_URL")
    found = []
    for name in dict.fromkeys(name for names in chain_names(settings).values() for name in names):
        provider, _, model = name.partition(":")
        where = own if own and provider == "openai" else provider
        if not is_local(name) and price(model, where, _TOKENS).usd is None:
            found.append(name)
    return found


def unpriced_told(settings: Settings) -> str:
    """One line on them; empty where there are none."""
    models = unpriced_models(settings)
    if not models:
        return ""
    charged = settings.budgets.unknown_usd_per_mtok
    return (
        f"the price of {', '.join(models)} is not known: budgets charge {charged:g} US dollars for a million "
        "tokens (PINCITE_BUDGETS__UNKNOWN_USD_PER_MTOK); state it, e.g. "
        f"PINCITE_BUDGETS__PRICES={models[0].partition(':')[2]}=0/0 for a server of your own"
    )
