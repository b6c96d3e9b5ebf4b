"""What to do about a failure, for people who look at a page and not at the API."""

from __future__ import annotations

from app.api.advice import INSTEAD

_ON_PAGES = {
    "conversation": "your conversations are listed on the page Ask",
    "document-request": "tell whoever runs this server",
    "forget": "the page Documents has those there are",
    "job": "the page Jobs has those there are",
    "no-such-answer": "the page Answers has yours",
    "no-such-job": "the page Jobs has those there are",
    "no-such-key": "the page Operate has those there are",
    "not-an-answer": "",
    "operator-only": "whoever runs this server can allow the folder",
    "unauthenticated": "whoever runs this server makes keys",
}
"""By the code of the error, in the place of what ``app.api.advice`` says of it."""

NO_PAGE = "There is no such page."


def page_advice(code: str, detail: str) -> str:
    """The detail of a problem, with a page in the place of a route.

    >>> page_advice("no-such-answer", "there is no stored answer 'x'; see GET /v1/answers")
    "there is no stored answer 'x'; the page Answers has yours"
    >>> page_advice("http-404", "Not Found: there is no such path; /docs has those there are")
    'There is no such page.'
    >>> page_advice("unsafe", "no"), page_advice("not-an-answer", f"no; {INSTEAD['not-an-answer']}")
    ('no', 'no')
    """
    if code == "http-404":
        return NO_PAGE
    routes = f"; {INSTEAD.get(code, '')}"
    if code not in INSTEAD or not detail.endswith(routes):
        return detail
    said = detail.removesuffix(routes)
    advice = _ON_PAGES[code]
    return f"{said}; {advice}" if advice else said
