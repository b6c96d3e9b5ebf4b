"""A drafting prompt from LangSmith's prompt hub, pinned by commit."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from app.errors import PinciteError
from prompts.load import Prompt, load_prompt, make_template

_NAME = re.compile(r"hub:(?P<name>(?:[\w-]+/)?[\w-]+):(?P<commit>[0-9a-f]{8,64})")

FORM = "hub:owner/name:commit"


class HubPromptError(PinciteError, ValueError):
    """The prompt cannot be had or cannot be used; one line says why."""

    code = "hub-prompt"


def pull_answer_prompt(name: str) -> Prompt:
    """The prompt ``hub:owner/name:commit``, or ``hub:name:commit`` of the key's own workspace.

    Only its texts are taken: nothing that the hub holds is made into an object, no model and no setting.
    Its hash is of those texts. It must have the variables of ``prompts/answer.md``.

    Raises:
        HubPromptError: no commit is named, the hub does not give it, or it is not such a prompt.
    """
    asked = _NAME.fullmatch(name)
    if asked is None:
        raise HubPromptError(
            f"PINCITE_ANSWER__PROMPT={name}: write it as {FORM}; the commit (8 hexadecimal digits or more) "
            "is needed, so that the prompt cannot change unseen"
        )
    import langsmith

    client = langsmith.Client(auto_batch_tracing=False)
    try:
        # Public prompts too: the operator has chosen one commit, and only its words are used.
        commit = client.pull_prompt_commit(
            f"{asked['name']}:{asked['commit']}", skip_cache=True, dangerously_pull_public_prompt=True
        )
    except Exception as error:  # the client raises its own classes, requests' and ValueError
        raise HubPromptError(
            f"PINCITE_ANSWER__PROMPT={name}: cannot be pulled ({type(error).__name__}); are "
            "LANGSMITH_API_KEY and the name right?"
        ) from None
    if not commit.commit_hash.startswith(asked["commit"]):
        raise HubPromptError(
            f"PINCITE_ANSWER__PROMPT={name}: the hub gave commit {commit.commit_hash[:12]} instead"
        )
    system, human = _texts(name, commit.manifest)
    template = make_template(system, human)
    needed = load_prompt("answer").template.input_variables
    if sorted(template.input_variables) != sorted(needed):
        raise HubPromptError(
            f"PINCITE_ANSWER__PROMPT={name}: must have the variables {', '.join(needed)}, and has "
            f"{', '.join(template.input_variables)}"
        )
    digest = hashlib.sha256(json.dumps([system, human]).encode()).hexdigest()
    return Prompt(name, commit.commit_hash, digest, template)


def _texts(name: str, manifest: dict[str, Any]) -> tuple[str, str]:
    """The system's and the human's text of a serialised ChatPromptTemplate."""
    try:
        messages = manifest["kwargs"]["messages"]
        kinds = [message["id"][-1] for message in messages]
        inner = [message["kwargs"]["prompt"]["kwargs"] for message in messages]
        texts = [str(prompt["template"]) for prompt in inner]
        formats = {prompt.get("template_format", "f-string") for prompt in inner}
    except (KeyError, IndexError, TypeError):
        kinds, texts, formats = [], [], set()
    if kinds != ["SystemMessagePromptTemplate", "HumanMessagePromptTemplate"] or formats != {"f-string"}:
        raise HubPromptError(
            f"PINCITE_ANSWER__PROMPT={name}: must be one system and one human message with {{variables}}"
        )
    return texts[0], texts[1]
