"""HTML of strangers' texts: which elements and attributes it may have, and what of it is lit."""

from __future__ import annotations

from bs4 import BeautifulSoup

_TAGS = frozenset(
    "p h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a span br hr mark "
    "div table thead tbody tr th td dl dt dd".split()
)
_VALUES: dict[str, frozenset[str]] = {
    "dir": frozenset({"auto", "ltr"}),
    "class": frozenset(
        {"line", "lines", "code", "as-is", "scroll", "lit", "right", "center", "picture", "head", "fine"}
    ),
    "id": frozenset({"lit"}),
    "scope": frozenset({"col"}),
    "rel": frozenset({"noopener", "noreferrer", "nofollow"}),
    "target": frozenset({"_blank"}),
    "role": frozenset({"group"}),
    "aria-label": frozenset({"Table"}),
    "tabindex": frozenset({"0"}),
}
_NUMBERS = frozenset({"data-line", "start", "colspan"})


def assert_tame(html: str) -> BeautifulSoup:
    """The HTML, which has no element and no attribute but those that the views make themselves."""
    soup = BeautifulSoup(f"<main>{html}</main>", "html.parser")
    for tag in soup.main.find_all(True):  # type: ignore[union-attr]
        assert tag.name in _TAGS, tag
        for name, value in tag.attrs.items():
            if name == "href":
                assert tag.name == "a"
                assert str(value).lower().startswith(("http://", "https://", "mailto:")), tag
            elif name in _NUMBERS:
                assert str(value).isdecimal(), tag
            else:
                assert name in _VALUES, tag
                assert set(value if isinstance(value, list) else [value]) <= _VALUES[name], tag
        if tag.name == "a":
            assert {"noopener", "noreferrer", "nofollow"} == set(tag["rel"])
    return soup


def lit_words(soup: BeautifulSoup) -> str:
    """What is lit, as it stands, without anything between."""
    marks = soup.find_all("mark")
    assert [mark.get("id") for mark in marks] == ["lit", *[None] * (len(marks) - 1)] if marks else True
    assert not any(mark.find(True) for mark in marks)
    return "".join(mark.get_text() for mark in marks)
