"""A chain: chat models asked in turn, each with what must be known to ask it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable

DraftFormat = Literal["tool", "json_schema", "text"]


@dataclass(frozen=True, slots=True)
class ChainModel:
    """A chat model and how it is asked for drafts.

    ``family`` names the prompt file it gets where there is one (``prompts/answer.FAMILY.md``).
    ``best_sentences`` above 0 makes it a small one: it is shown that many sentences of the evidence instead
    of passages, and asked only where the evidence would do for an extractive answer, since it never says that
    the answer is not there. ``runs_here``: in this process, so that its calls cost nothing. ``timeout_s`` is
    for models that need another than the common one.
    """

    model: BaseChatModel
    draft_format: DraftFormat = "tool"
    family: str | None = None
    best_sentences: int = 0
    runs_here: bool = False
    timeout_s: float | None = None

    @property
    def small(self) -> bool:
        return self.best_sentences > 0

    @property
    def name(self) -> str:
        return model_name(self.model)

    @property
    def endpoint(self) -> str:
        """The address calls go to, where the model has one; else its provider's name."""
        # Where OpenAI's client takes its address from the environment, only the client knows it.
        client = str(getattr(getattr(self.model, "root_client", None), "base_url", ""))
        if "://" in client:
            return client.rstrip("/")
        for attribute in ("azure_endpoint", "base_url", "endpoint", "endpoint_url"):
            address = getattr(self.model, attribute, None)
            if isinstance(address, str) and "://" in address:
                return address.rstrip("/")
        return self.provider

    @property
    def provider(self) -> str:
        """The provider's name, as LangChain's integration gives it."""
        return str(self.model._get_ls_params().get("ls_provider") or type(self.model).__name__)


Chain = Sequence[ChainModel]


def chain_of(models: Iterable[BaseChatModel | ChainModel]) -> list[ChainModel]:
    """``models`` as a chain; a plain chat model is asked for a tool call."""
    return [model if isinstance(model, ChainModel) else ChainModel(model) for model in models]


def model_name(model: BaseChatModel) -> str:
    """The model's name as its provider knows it."""
    for attribute in ("model_name", "model"):
        name = getattr(model, attribute, None)
        if isinstance(name, str):
            return name
    return type(model).__name__


def with_tools(model: BaseChatModel, tools: Sequence[Any]) -> Runnable[Any, BaseMessage]:
    """The model bound to ``tools``, one of which it must call; as it is where it cannot call tools."""
    try:
        return model.bind_tools(tools, tool_choice="any")
    except NotImplementedError:
        return model


def with_schema(model: BaseChatModel, schema: type[Any]) -> Runnable[Any, BaseMessage]:
    """The model bound to answer with JSON that fits ``schema``, in the text of its message, streamed or not.

    ``response_format`` is what LangChain's own agents give providers. ``with_structured_output`` is not used:
    with ``include_raw`` it holds a stream back to its end.
    """
    from langchain_core.utils.function_calling import convert_to_openai_function

    made = convert_to_openai_function(schema, strict=True)
    described = {"name": made["name"], "schema": made["parameters"], "strict": True}
    return model.bind(response_format={"type": "json_schema", "json_schema": described})
