"""The names of attributes of spans and log records: those of OpenTelemetry's conventions, and our own.

The conventions for generative AI are still in development: when they change, this file does, and nothing
else.
"""

from __future__ import annotations

CONVENTIONS = "1.44.0"
"""The version of the semantic conventions that the ``gen_ai.*`` names are from."""

SCHEMA = f"https://opentelemetry.io/schemas/{CONVENTIONS}"

OPERATION = "gen_ai.operation.name"
AGENT = "gen_ai.agent.name"
PROVIDER = "gen_ai.provider.name"
DATA_SOURCE = "gen_ai.data_source.id"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
TOOL = "gen_ai.tool.name"
QUERY = "gen_ai.retrieval.query.text"
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
ERROR = "error.type"
SERVICE = "service.name"
INSTANCE = "service.instance.id"
USER_HASH = "enduser.pseudo.id"

INVOKE_AGENT = "invoke_agent"
CHAT = "chat"
RETRIEVAL = "retrieval"
EXECUTE_TOOL = "execute_tool"
"""Values of ``gen_ai.operation.name``."""

ANSWER_ID = "pincite.answer.id"
ANSWER_STATUS = "pincite.answer.status"
ANSWER_MODE = "pincite.answer.mode"
ANSWER_MS = "pincite.answer.ms"
EVENT = "pincite.answer"
"""The name of a finished question's log record."""

ROUTE = "pincite.request.route"
TENANT = "pincite.tenant"
CHAIN = "pincite.chain"
CACHE = "pincite.cache"
COST = "pincite.cost.usd"
PRICES = "pincite.cost.price_version"
FALLBACKS = "pincite.fallbacks"
GENERATION = "pincite.index.generation"
REQUEST_ID = "pincite.request.id"
SETTINGS = "pincite.settings.hash"
STEP = "pincite.step"
VERDICT = "pincite.verdicts."
"""Before the verdict's name: how many sentences have it."""

RETRIEVED = "pincite.retrieval.found"
RETRIEVAL_K = "pincite.retrieval.k"
EVIDENCE = "pincite.rerank.evidence"
SCORE = "pincite.rerank.score"
NEEDED = "pincite.rerank.needed"
DECISION = "pincite.tool.decision"
"""There is no name for reranking, costs, verdicts and the policy of tools in the conventions."""
