"""A follow-up as a question that stands alone, without a model: the words of the thread, rearranged.

The conversation is read from its first question on, so that the subject outlives a second follow-up. "And
in Oslo?" is the question before it with Oslo where it had Lisbon; "What is its default?" is asked of the last
question that stood alone, with what was named since. A question that refers to nothing is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from graphs.drafting.small_talk import is_small_talk
from graphs.text.roots import content_roots
from graphs.text.words import STOP_WORDS, content_words

MOST_QUESTIONS = 8
"""The last questions of a thread that are read."""

MOST_CHARACTERS = 1000
"""A longer question stands alone, and no more of an earlier one is carried: time stays short."""

FEW_WORDS = 2
"""Content words of a question without a verb that is no question by itself."""

_LEAD_IN = regex.compile(
    r"(?:(?:and|but|or|also|so|then|ok(?:ay)?)\b[\s,]*)*(?:(?:what|how) about\b\s*)?", regex.I
)
_VERBS = r"(?:is|are|was|were|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had)"
_CLAUSE = regex.compile(rf"\b{_VERBS}\b", regex.I)
_ASKS = regex.compile(r"(?:what|who|whom|whose|when|where|why|which|how)\b", regex.I)
_REFERS = regex.compile(
    r"\b(?:(?P<owns>its|their|his|her)|(?P<who>he|she|they)|it|them|theirs|him|hers|these|those|such|mine|then"
    r"|(?:too|as well)(?=\s*(?:$|[?.!]))"
    r"|(?:the )?(?:same|latter|former)|(?:the )?others?(?=\s*(?:$|[?.!,]))"
    r"|(?<!\b(?:is|are|was|were|be) )there(?! (?:is|are|was|were|exists?)\b)(?!['’]s\b)"
    r"|(?:is|was|does|did|do|can|could|will|would|must|may|has|for|about|of|than|with|like) that"
    r"|(?:is|was|does|did|do|can|could|will|would|must|may|has) this"
    r"|(?:for|about|of|than|with|to|in|on|at|like) this(?=\s*(?:$|[?.!,]))"
    r"|ones?(?=\s*(?:$|[?.!,]|(?:in|of|for|with|on|at|from)\b)))(?![\p{L}\p{N}])",
    regex.I,
)
_EXPLETIVE = regex.compile(
    r"\b(?:(?:is|was|be) it \p{L}+ (?:to|that)|it (?:is|was) \p{L}+ (?:to|that)"
    r"|it (?:take|takes|took|cost|costs|mean|means) \P{P}{0,20}?\bto)\b",
    regex.I,
)
_BOUNDARY = regex.compile(
    r"[,;:.!?]|\b(?:and|but|or|when|if|after|before|because|while|once|until|unless|that|whether|where"
    r"|what|who|which|how|why)\b",
    regex.I,
)
_OF = regex.compile(r"\b(?:of|for|about|is|are|was|were|does|do|did|has|have)\s*$", regex.I)
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-.'’/_][\p{L}\p{M}\p{N}]+)*")
_PREPOSITIONS = r"(?:in|of|for|with|on|at|to|from|about|under|by|between)"
_PREPOSITION = regex.compile(rf"{_PREPOSITIONS}\b\s*", regex.I)
_OTHER = regex.compile(r"other\b", regex.I)
_NUMBER = regex.compile(r"\d[\w.]*|[A-Z](?!\w)")
_NUMBERED = regex.compile(rf"(?<!\p{{L}})(\p{{L}}{{2,}})\s+({_NUMBER.pattern})$")
_ARTICLE = regex.compile(r"(?:the|a|an)\b\s*", regex.I)
_THE_ONE = regex.compile(r"^(?:the )?ones?\b\s*", regex.I)
_IDENTIFIER = regex.compile(r"\p{L}{2,}[._/]\p{L}{2,}")
_POSSESSIVE = regex.compile(r"['’]s$")
_DEGREES = frozenset("long many much fast quick quickly often big large far old soon high heavy day".split())


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A question made to stand alone; ``subject`` is what a later "it" may stand for."""

    standalone: str
    subject: str
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A name or a code, or both in one: "API v2". ``code`` is where its code begins, or -1."""

    start: int
    end: int
    code: int


def stand_alone(question: str, earlier: Sequence[tuple[str, str]]) -> str:
    """``earlier`` are the questions before it with their replies, the oldest first.

    >>> stand_alone("And in Oslo?", [("What does lunch cost in Lisbon?", "4 EUR.")])
    'What does lunch cost in Oslo?'
    """
    turn: AskedTurn | None = None
    for asked, reply in [*earlier[-MOST_QUESTIONS:], (question, "")]:
        if not is_small_talk(asked):
            turn = _follow(asked, reply, turn)
    return turn.standalone if turn is not None else question


def _follow(question: str, reply: str, before: AskedTurn | None) -> AskedTurn:
    plain = " ".join(question.split())
    reply = reply[:MOST_CHARACTERS]
    if before is None or len(plain) > MOST_CHARACTERS:
        return AskedTurn(question, plain[:MOST_CHARACTERS], reply)
    match = _LEAD_IN.match(plain)
    rest = plain[match.end() :] if match else plain
    led, clause = rest != plain, bool(_CLAUSE.search(rest))
    if not clause and not _ASKS.match(rest) and (led or _is_part(rest)):
        return _fragment(plain, rest, reply, before)
    if led or _refers(plain) or _says_little(plain):
        return AskedTurn(f"{before.subject} {plain}", _with_names(before.subject, plain), reply)
    if _continues(plain, before):
        both = f"{before.subject} {plain}"
        return AskedTurn(both, both[:MOST_CHARACTERS], reply)
    return AskedTurn(question, plain, reply)


def _is_part(phrase: str) -> bool:
    """Whether it is too little to be asked, even of a search engine: "laura bush" is not."""
    said = len(content_words(phrase))
    opens = _ARTICLE.match(phrase) or _PREPOSITION.match(phrase) or phrase.endswith("?")
    return said < FEW_WORDS or (said == FEW_WORDS and bool(opens))


def _refers(question: str) -> bool:
    """Whether it has a word that stands for something outside it.

    What stands in an earlier clause of the question may be meant by "it"; what stands before it in the same
    clause only by "its".
    """
    plain = _EXPLETIVE.sub(" ", question).replace(", then", " then").replace(", too", " too")
    for found in _REFERS.finditer(plain):
        before = plain[: found.start()]
        ends = [match.start() for match in _BOUNDARY.finditer(before)]
        own = before if found["owns"] and not _OF.search(before) else before[: ends[-1]] if ends else ""
        named = bool(found["owns"] or found["who"]) and bool(_terms(before))
        if not named and not set(content_words(own)) - _DEGREES:
            return True
    return False


def _says_little(question: str) -> bool:
    """Whether it has not two words of its own: "Is there parking?"."""
    return not _terms(question) and len(set(content_words(question)) - _DEGREES) < FEW_WORDS


def _continues(question: str, before: AskedTurn) -> bool:
    """Whether it says little, and of that a word of the question before it or of its answer."""
    own = set(content_roots(question)) - _DEGREES
    said = set(content_roots(f"{before.standalone} {before.reply}"))
    return not _terms(question) and len(own) <= FEW_WORDS and bool(own & said)


def _fragment(question: str, rest: str, reply: str, before: AskedTurn) -> AskedTurn:
    """Part of a question: the rest of it is the question before, whose name or code it may replace."""
    said = _exchanged(rest, before.standalone)
    if said is None and (_refers(rest) or rest.lower().startswith("the ")):
        return AskedTurn(f"{before.subject} {question}", before.subject, reply)
    if said is None:
        return AskedTurn(f"{before.standalone} {question}", f"{before.subject} {rest}", reply)
    subject = _exchanged(rest, before.subject)
    return AskedTurn(said, subject or said, reply)


def _exchanged(rest: str, base: str) -> str | None:
    """The question before with what the fragment names in the place of the same kind; None where there is no
    such place."""
    phrase = _THE_ONE.sub("", rest.rstrip(" ?.!"))
    if (said := _renumbered(phrase, base)) is not None:
        return said
    match = _PREPOSITION.match(phrase)
    preposition = match.group().strip().lower() if match else ""
    whole = phrase[match.end() :] if match else phrase
    article = _ARTICLE.match(whole)
    phrase = whole[article.end() :] if article else whole
    others = [term for term in _terms(base) if base[term.start : term.end] not in phrase]
    if others and _OTHER.match(phrase):
        at = _after(base, others, preposition) or others[-1]
        return f"{base[: at.start]}the {phrase}{base[at.end :]}"
    named = _terms(phrase, inside=True)
    if not named and article and not preposition:
        return _same_article(whole, base)
    if not named:
        return _same_place(whole, preposition, base)
    mine = named[-1]
    said = phrase[mine.start : mine.end]
    if mine.code == mine.start:
        digit = said[0].isdigit()
        others = [term for term in others if term.code >= 0 and base[term.code].isdigit() == digit]
        return f"{base[: others[-1].code]}{said}{base[others[-1].end :]}" if others else None
    if not others:
        return None
    at = _after(base, others, preposition) or others[-1]
    if not set(content_roots(phrase)) - set(content_roots(said)) <= set(content_roots(base)):
        said = phrase  # "Tern probe": what it is comes along
    the = "the " if article and article.group().lower().strip() == "the" else ""
    the = "" if base[: at.start].lower().endswith(("the ", " a ", " an ")) else the
    return f"{base[: at.start]}{the}{said}{base[at.end :]}"


def _renumbered(phrase: str, base: str) -> str | None:
    """ "Severity 3" for "severity 1", "revision A" for "revision B"."""
    match = _NUMBERED.search(phrase)
    if match is None:
        return None
    word = regex.compile(rf"\b({regex.escape(match[1])}\s+)({_NUMBER.pattern})\b", regex.I)
    found = [one for one in word.finditer(base) if one[2][0].isdigit() == match[2][0].isdigit()]
    return f"{base[: found[-1].start(2)]}{match[2]}{base[found[-1].end(2) :]}" if found else None


def _same_place(phrase: str, preposition: str, base: str) -> str | None:
    """The words after the same preposition exchanged: "for adults", "for children". A name there is kept."""
    if not preposition:
        return None
    place = regex.compile(
        rf"\b{preposition} ((?:the |a |an )?[^?.!,]*?)(?=\s+{_PREPOSITIONS}\b|[?.!,]|$)", regex.I
    )
    found = [one for one in place.finditer(base) if not _terms(one[1], inside=True)]
    if not found or found[-1].start() == 0:
        return None
    return f"{base[: found[-1].start(1)]}{phrase}{base[found[-1].end(1) :]}"


def _same_article(phrase: str, base: str) -> str | None:
    """ "A film" for "a book": one word, unless it holds a name, which goes on for more."""
    if not regex.match(r"an? ", phrase, regex.I):
        return None
    place = regex.compile(rf"\ban? [^?.!,]*?(?=\s+(?:{_PREPOSITIONS}|be|{_VERBS})\b|[?.!,]|$)", regex.I)
    for found in reversed(list(place.finditer(base))):
        words = found.group().split()
        end = found.end() if _terms(found.group()) else found.start() + len(" ".join(words[:2]))
        return f"{base[: found.start()]}{phrase}{base[end:]}"
    return None


def _after(base: str, terms: Sequence[Term], preposition: str) -> Term | None:
    if not preposition:
        return None
    ends = regex.compile(rf"\b{preposition} (?:the |a |an )?$", regex.I)
    return next((term for term in reversed(terms) if ends.search(base[: term.start])), None)


def _with_names(subject: str, question: str) -> str:
    """The subject, and what the question named besides."""
    new = [question[term.start : term.end] for term in _terms(question)]
    return " ".join([subject, *(one for one in new if one not in subject)])


def _terms(text: str, inside: bool = False) -> list[Term]:
    """Names and codes in order. A capital at the start of a sentence names nobody, unless the text is from
    ``inside`` of one."""
    found: list[Term] = []
    last = -1
    for match in _TOKEN.finditer(text):
        token, start = _POSSESSIVE.sub("", match.group()), match.start()
        opens = not inside and (start == 0 or text[:start].rstrip()[-1:] in ".?!")
        follows = bool(found) and last == found[-1].end and not text[last:start].strip(" ")
        digit = any(char.isdigit() for char in token)
        code = digit and (any(char.isalpha() for char in token) or "." in token or follows)
        code = code or bool(_IDENTIFIER.fullmatch(token))
        shout = len(token) > 1 and token.isupper()
        name = token[0].isupper() and not opens and (shout or token.lower() not in STOP_WORDS)
        if code or name:
            if follows and found[-1].code < 0:
                found[-1] = Term(found[-1].start, start + len(token), start if code else -1)
            else:
                found.append(Term(start, start + len(token), start if code else -1))
            last = start + len(token)
    return found
