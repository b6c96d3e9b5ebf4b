"""The node: a question that the documents do not answer goes to a person."""

from state import DeskState


def open_ticket(state: DeskState) -> DeskState:
    """A ticket where Pincite abstained; nothing where it answered."""
    answered = state["answer"]["status"] == "answered"
    return {"ticket": "" if answered else f"For a colleague: {state['question']}"}
