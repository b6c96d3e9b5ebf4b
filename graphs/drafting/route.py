"""Which chain of models drafts an answer, where rules choose it."""

from __future__ import annotations

from graphs.calling.chains import Chain
from graphs.calling.route import RouteFacts
from graphs.parts import Parts, Principal, payer_of
from graphs.receipts import Receipt, with_values
from graphs.state import AnswerState, AskContext


async def drafting_chain(
    parts: Parts, context: AskContext, state: AnswerState, who: Principal
) -> tuple[Chain, Receipt]:
    """The models to ask for a draft, and the receipt with the rule that chose them: ``route``.

    A chain that the run names is kept, and so is one that was chosen for an earlier draft of the question.
    """
    chain, receipt = parts.chain(context), state["receipt"]
    if parts.route is None or context.chain or not chain:
        return chain, receipt
    if "route" not in receipt:
        facts = RouteFacts(
            question=state["standalone"],
            evidence_chars=sum(len(passage["text"]) for passage in state["evidence"]),
            payer=payer_of(who, receipt),
        )
        name, rule = await parts.route(facts)
        receipt = with_values(receipt, route={"chain": name, "rule": rule})
    return parts.named_chain(receipt["route"]["chain"]), receipt
