"""Messages that ask nothing: greetings, thanks, a yes or a no."""

from __future__ import annotations

from graphs.text.words import words

REPLY = "You are welcome to ask me about the documents; I answer with what they say, and where."
"""What is said to all of them."""

MOST_WORDS = 7

_ALONE = frozenset(
    """
    hi hello hey hiya howdy greetings morning afternoon evening thanks thank thx ty cheers welcome bye goodbye
    ok okay k yes yep yeah yup no nope sure please great good cool nice perfect super awesome excellent
    wonderful brilliant fine alright understood gotcha lol wow sorry
    hallo servus moin danke bitte tschüss ja nein genau bonjour salut merci oui non hola gracias adiós sí ciao
    grazie prego obrigado obrigada olá tak hej takk tack dank bedankt
    """.split()
)
"""Words that can be all of such a message."""

_BESIDE = frozenset(
    """
    a again all and are bye day did for from got have help helped helps i is it just lot lots many much my
    night now of really see so that that's the then there this to too very was well works you you're your
    schön sehr vielen beaucoup muchas mille
    """.split()
)
"""Words that stand beside them and ask nothing by themselves."""


def is_small_talk(message: str) -> bool:
    """Whether the message has no other words than these.

    >>> [is_small_talk(said) for said in ("Great, thanks a lot!", "ok", "Is it ok?")]
    [True, True, False]
    """
    said = words(message)
    if not said or len(said) > MOST_WORDS or message.rstrip().endswith("?"):
        return False
    return bool(_ALONE.intersection(said)) and _ALONE.union(_BESIDE).issuperset(said)
