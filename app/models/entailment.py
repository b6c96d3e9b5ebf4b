"""Does a source bear out a sentence? A chat model, or a local NLI model, asked about partial claims only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableLambda

from app.models.chains import make_chain_model
from app.models.chat import ModelError
from app.models.prices import price_by, price_of
from app.process.passing import quiet_import
from app.settings import Settings
from graphs.calling.budget import Budget, Payer, PlannedCall, most_output_tokens, request_tokens
from graphs.calling.call import invoke
from graphs.calling.chains import ChainModel, chain_of
from graphs.calling.paid_call import paid_call
from graphs.limits import OUTPUT_TOKENS, Limits
from graphs.parts import ANONYMOUS, EntailmentRequest, Price
from prompts.load import load_prompt

STEP = "entailment"

SAID = {"yes": 1.0, "no": 0.0, "unsure": 0.5}
"""What a model's word counts as."""

MAX_TOKENS = 512
"""Tokens of sentence and source that an NLI model reads."""


def make_entailment(
    settings: Settings,
    closing: ExitStack,
    made: Mapping[str, ChainModel] | None = None,
    budget: Budget | None = None,
) -> Runnable[EntailmentRequest, float] | None:
    """The check that the settings name; None where they name none. ``closing`` ends what it starts.

    ``made`` are models of chains by name: one of them is not made again, so that one local server serves all.

    Raises:
        ModelError: the model cannot be set up, or the folder lacks a file.
    """
    name = settings.answer.entailment
    if not name:
        return None
    if name.startswith("nli:"):
        return local_nli(Path(name.removeprefix("nli:")).expanduser())
    known = (made or {}).get(name)
    price = price_by(settings.budgets.prices)
    return asked_model(known or make_chain_model(name, settings, closing), budget, price)


def asked_model(
    model: BaseChatModel | ChainModel, budget: Budget | None = None, price: Price = price_of
) -> Runnable[EntailmentRequest, float]:
    """A chat model as judge: 1 for yes, 0 for no, .5 for unsure or anything else. Paid from ``budget`` by the
    request's payer, unless it runs here."""
    (member,) = chain_of([model])
    template = load_prompt("entailment").template

    async def entails(request: EntailmentRequest) -> float:
        value = template.invoke({"claim": request.claim, "span": request.span})
        if budget is None or member.runs_here:
            reply = await invoke(member.model, value, STEP)
        else:
            planned = PlannedCall(
                payer=request.payer or Payer("", ANONYMOUS),
                step=STEP,
                model=member.name,
                endpoint=member.endpoint,
                input_tokens=request_tokens(member.model, value),
                output_tokens=most_output_tokens(member.model, OUTPUT_TOKENS),
                seconds=member.timeout_s or Limits().model_timeout_s,
            )
            reply = await paid_call(
                budget,
                planned,
                lambda: invoke(member.model, value, STEP),
                lambda said: price(member.name, member.endpoint, said.usage_metadata).usd,
            )
        word = re.match(r"\W*([a-z]+)", reply.text.lower())
        return SAID.get(word[1] if word else "", 0.5)

    return RunnableLambda(entails)


def local_nli(folder: Path) -> Runnable[EntailmentRequest, float]:
    """A cross-encoder as ONNX: source and sentence to logits, and the share of entailment in them.

    ``folder`` holds ``model.onnx`` and ``tokenizer.json`` as exporters write them and, where entailment is
    not the last label, ``config.json`` with ``id2label``. Nothing is loaded before the first question.

    Raises:
        ModelError: a file is missing.
    """
    for name in ("model.onnx", "tokenizer.json"):
        if not (folder / name).is_file():
            raise ModelError(f"PINCITE_ANSWER__ENTAILMENT=nli:{folder}: there is no {name} in this folder")
    loaded: list[Any] = []

    def entails(request: EntailmentRequest) -> float:
        if not loaded:
            loaded.append(_Nli(folder))
        probability: float = loaded[0].probability(request.span, request.claim)
        return probability

    return RunnableLambda(entails)


class _Nli:
    def __init__(self, folder: Path) -> None:
        import json

        with quiet_import():
            import onnxruntime
            from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_first")
        self._tokenizer.no_padding()
        config = folder / "config.json"
        labels = (
            json.loads(config.read_text(encoding="utf-8")).get("id2label", {}) if config.is_file() else {}
        )
        named = [int(key) for key, label in labels.items() if str(label).lower().startswith("entail")]
        self._entailment = named[0] if named else -1

    def probability(self, source: str, sentence: str) -> float:
        import numpy as np

        read = self._tokenizer.encode(source, sentence)
        given = {
            "input_ids": read.ids,
            "attention_mask": read.attention_mask,
            "token_type_ids": read.type_ids,
        }
        wanted = {one.name for one in self._session.get_inputs()}
        feed = {name: np.array([ids], dtype=np.int64) for name, ids in given.items() if name in wanted}
        logits = self._session.run(None, feed)[0][0]
        if len(logits) == 1:
            return float(1 / (1 + np.exp(-logits[0])))
        shares = np.exp(logits - logits.max())
        return float(shares[self._entailment] / shares.sum())
