"""Our guards, from settings: what stands before a question, a draft and an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.safety import names
from app.safety.guard import Side
from app.safety.guardrails_guard import Action, GuardrailsGuard, Policy, built_once
from app.safety.settings import SafetySettings
from graphs.parts import WordsCheck

if TYPE_CHECKING:
    from app.safety.guards.topics import Embed

Build = Callable[[], Any]


def question_guards(safety: SafetySettings) -> list[GuardrailsGuard]:
    """What is asked about a question as it was asked: form, orders to the model, personal data."""

    def form() -> Any:
        from app.safety.guards.question_form import QuestionForm

        return QuestionForm(max_chars=safety.max_question_chars, on_fail="noop")

    def injection() -> Any:
        from app.safety.guards.injection import InjectionSigns

        return InjectionSigns(on_fail="noop")

    guards = [_guard(safety, names.QUESTION_FORM, "question", "block", form)]
    if safety.injection != "off":
        # What is only suspicious is not refused, whatever is done about what is malicious.
        suspicious = frozenset({"suspicious"})
        guards.append(
            _guard(safety, names.INJECTION, "question", safety.injection, injection, lets_by=suspicious)
        )
    if safety.question_personal_data != "allow":
        guards.append(
            _guard(
                safety,
                names.QUESTION_PERSONAL_DATA,
                "question",
                safety.question_personal_data,
                _personal_data(safety, "the question"),
            )
        )
    return guards


def subject_guards(safety: SafetySettings, embed: Embed) -> list[GuardrailsGuard]:
    """What is asked about a question as it stands alone: its topic, where there are topics."""

    def topics() -> Any:
        from app.safety.guards.topics import TopicScope

        return TopicScope(topics=safety.topics, likeness=safety.topic_likeness, embed=embed, on_fail="noop")

    if not safety.topics or safety.off_topic == "off":
        return []
    return [_guard(safety, names.TOPICS, "question", safety.off_topic, topics)]


def draft_guards(safety: SafetySettings, canary: str) -> list[GuardrailsGuard]:
    """What is asked about all that a model wrote: the canary."""

    def watch() -> Any:
        from app.safety.guards.canary import NoCanary

        return NoCanary(canary=canary, on_fail="noop")

    return [_guard(safety, names.CANARY, "draft", "block", watch)]


def answer_guards(safety: SafetySettings) -> list[GuardrailsGuard]:
    """What is asked about each sentence: links first, so that what they hid between letters is found too."""

    def links() -> Any:
        from app.safety.guards.links import AllowedLinks

        return AllowedLinks(hosts=safety.allowed_link_hosts, on_fail="fix")

    return [_guard(safety, names.LINKS, "answer", "mend", links), *words_guards(safety)]


def words_guards(safety: SafetySettings) -> list[GuardrailsGuard]:
    """Those of them that are asked about a document's own words too, which are masked and not mended."""

    def secrets() -> Any:
        from app.safety.guards.secrets import NoSecrets

        return NoSecrets(on_fail="fix")

    guards = []
    if safety.personal_data != "allow":
        guards.append(
            _guard(safety, names.PERSONAL_DATA, "answer", safety.personal_data, _personal_data(safety))
        )
    if safety.secrets != "allow":
        guards.append(_guard(safety, names.SECRETS, "answer", safety.secrets, secrets))
    return guards


def words_check(guards: Sequence[GuardrailsGuard]) -> Callable[[str], WordsCheck] | None:
    """All that the guards say of a document's words; None where there is none."""
    if not guards:
        return None

    def check(text: str) -> WordsCheck:
        found = [guard.words(text) for guard in guards]
        spans = sorted((one for each in found for one in each.unshown), key=lambda one: (one.start, one.end))
        return WordsCheck(tuple(spans), tuple(run for each in found for run in each.runs))

    return check


def listed(safety: SafetySettings) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    """(name, how it is set) of each of our guards, in order; None for one that is not asked."""

    def no_vectors(_texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return []

    active = {
        guard.name: guard
        for guard in (
            *question_guards(safety),
            *subject_guards(safety, no_vectors),
            *draft_guards(safety, ""),
            *answer_guards(safety),
        )
    }
    for name in names.NAMES:
        guard = active.get(name)
        yield (
            name,
            None
            if guard is None
            else {
                "side": " and ".join(guard.checks),
                "action": guard.action,
                "policy": guard.policy,
                "limit": f"{guard.limit_ms} ms",
            },
        )


def _personal_data(safety: SafetySettings, subject: str = "it") -> Build:
    def build() -> Any:
        from app.safety.guards.personal_data import NoPersonalData

        return NoPersonalData(
            kinds=safety.personal_data_kinds, regions=safety.phone_regions, subject=subject, on_fail="fix"
        )

    return build


def _guard(
    safety: SafetySettings,
    name: str,
    side: Side,
    action: Action,
    build: Build,
    lets_by: frozenset[str] = frozenset(),
) -> GuardrailsGuard:
    policy: Policy = "open" if name in safety.open_guards else "closed"
    return GuardrailsGuard(name, (side,), action, built_once(build), policy, safety.guard_ms, lets_by)
