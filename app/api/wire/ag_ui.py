"""``/v1/ag-ui``: AG-UI, the protocol of agents' user interfaces, in its own typed events (extra ``ag-ui``).

Not ``ag-ui-langgraph``'s agent: it sends the graph's state and the model's words before they are checked
(docs/decisions/0032-wires.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.service import Service
from app.api.wire.answer_text import Sources, message_text, sentence_text, tail
from app.api.wire.chat_request import PinciteOptions
from app.api.wire.chat_written import our_field
from app.api.wire.conversation import asked_in
from app.api.wire.model_names import chosen_model
from app.api.wire.refused import RefusedParameterError
from app.api.wire.wire_question import WireQuestion, ends_badly, failure_of, streamed_run
from app.errors import PinciteError
from graphs.contracts import Answer

if TYPE_CHECKING:
    from ag_ui.core import BaseEvent

_WRITTEN: dict[int | str, dict[str, Any]] = {
    200: {"content": {EventSourceResponse.media_type: {"schema": {"type": "string"}}}},
    404: {"model": ProblemDocument, "description": "There is no such model."},
    501: {"model": ProblemDocument, "description": "The extra is not installed."},
}


class AgUiExtraError(PinciteError):
    """What AG-UI needs is not installed."""

    code = "ag-ui-extra"
    status = 501


class AgUiOptions(PinciteOptions):
    """Ours, in ``forwardedProps.pincite``."""

    model: str = Field("pincite", max_length=100, description="As `/v1/models` names them.")


class ForwardedProps(BaseModel):
    """What a page hands to the agent; others' is passed over."""

    model_config = ConfigDict(extra="allow")

    pincite: AgUiOptions = Field(default_factory=AgUiOptions)


class AgUiRun(BaseModel):
    """AG-UI's ``RunAgentInput``. The last message is the question, and the others the conversation."""

    model_config = ConfigDict(extra="allow", alias_generator=to_camel, populate_by_name=True)

    thread_id: str = Field(max_length=500, description="Told back; nothing is kept under it.")
    run_id: str = Field(max_length=500, description="Told back.")
    messages: list[dict[str, Any]] = Field(max_length=1000)
    tools: list[dict[str, Any]] | None = Field(None, description="Passed over: tools are the server's.")
    context: list[dict[str, Any]] | None = Field(None, description="Passed over.")
    state: Any = Field(None, description="Passed over: no state comes in, and none goes out.")
    resume: list[dict[str, Any]] | None = None
    forwarded_props: ForwardedProps | None = None


def add_ag_ui_routes(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.post("/v1/ag-ui", tags=["ag-ui"], responses=_WRITTEN)
    async def run(asked: AgUiRun, request: Request, caller: Asker) -> Response:
        """One AG-UI run: the text sentence by sentence as it is checked, each sentence with its citations and
        the whole answer as ``CUSTOM`` events (``pincite.sentence``, ``pincite.answer``).

        Needs the extra ``ag-ui``. Always a stream.
        """
        if find_spec("ag_ui") is None:
            raise AgUiExtraError("AG-UI needs the extra: pip install 'pincite[ag-ui]'")
        if asked.resume:
            raise RefusedParameterError("resume", "no run of this wire stops for a person")
        ours = (asked.forwarded_props or ForwardedProps()).pincite
        model = chosen_model(service.pincite(caller).settings, ours.model)
        chat = asked_in(asked.messages, "messages")
        unread = [name for name in ("tools", "context", "state") if getattr(asked, name)]
        writer = AgUiEvents(asked.thread_id, asked.run_id, ours.sources, [*chat.passed_over, *unread])
        return await streamed_run(
            service, request, caller, WireQuestion(chat.question, chat.earlier, ours.filters, model), writer
        )


class AgUiEvents:
    """One run's events. Of the graph only checked sentences and the answer leave: no state, no draft."""

    def __init__(self, thread: str, run: str, sources: Sources, passed_over: Sequence[str]) -> None:
        from ag_ui.encoder import EventEncoder

        self._encoder = EventEncoder()
        self._run = {"thread_id": thread, "run_id": run}
        self._sources = sources
        self._passed_over = passed_over
        self._message = f"msg_{secrets.token_hex(12)}"
        self._sent = ""

    def begin(self) -> Iterable[bytes]:
        from ag_ui.core import RunStartedEvent

        return self._written([RunStartedEvent(**self._run)])

    def write(self, kind: str, data: Mapping[str, Any]) -> Iterable[bytes]:
        from ag_ui.core import CustomEvent, RunErrorEvent

        if ends_badly(kind, data):
            problem = failure_of(kind, data)
            error = RunErrorEvent(message=problem["detail"], code=problem["code"])
            return self._written([*self._ended(), error])
        if kind == "sentence":
            said = self._said(sentence_text(data["claim"], first=not self._sent))
            return self._written([*said, CustomEvent(name="pincite.sentence", value=dict(data))])
        if kind == "answer":
            return self._written(self._end(Answer.model_validate(data["answer"])))
        return []

    def _said(self, text: str) -> list[BaseEvent]:
        from ag_ui.core import TextMessageContentEvent, TextMessageStartEvent

        begun: list[BaseEvent] = []
        if not self._sent:
            begun.append(TextMessageStartEvent(message_id=self._message, role="assistant"))
        self._sent += text
        return [*begun, TextMessageContentEvent(message_id=self._message, delta=text)]

    def _ended(self) -> list[BaseEvent]:
        from ag_ui.core import TextMessageEndEvent

        return [TextMessageEndEvent(message_id=self._message)] if self._sent else []

    def _end(self, answer: Answer) -> list[BaseEvent]:
        from ag_ui.core import CustomEvent, RunFinishedEvent, RunFinishedSuccessOutcome

        whole = message_text(answer, self._sources)
        same = whole.startswith(self._sent)
        rest = whole.removeprefix(self._sent) if same else tail(answer, self._sources)
        said = self._said(rest) if rest else []
        value = our_field(answer, self._passed_over)
        finished = RunFinishedEvent(**self._run, outcome=RunFinishedSuccessOutcome(type="success"))
        return [*said, *self._ended(), CustomEvent(name="pincite.answer", value=value), finished]

    def _written(self, events: Iterable[BaseEvent]) -> list[bytes]:
        return [self._encoder.encode(event).encode() for event in events]
