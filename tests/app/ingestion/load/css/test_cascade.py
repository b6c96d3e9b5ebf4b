"""Which rules hold for an element: the same as soupsieve says, weighed as browsers weigh them."""

from __future__ import annotations

import soupsieve
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ingestion.load.css.cascade import Cascade

PAGE = BeautifulSoup(
    """<body class="a"><div id="i" class="a b"><p class="b">x<b class="a c">y</b></p>
    <div class="c"><div class="a">
    <p><b id="j">z</b></p></div></div></div><p class="a">w<b>v</b></p></body>""",
    "lxml",
)

parts = st.sampled_from(
    ["p", "b", "div", ".a", ".b", ".c", "#i", "#j", "div.a", "p.b", "*", "b:first-child", "[id]"]
)
selectors = st.builds(
    lambda first, rest: first + "".join(sign + part for sign, part in rest),
    parts,
    st.lists(st.tuples(st.sampled_from([" ", " > ", ">", " + ", " ~ "]), parts), max_size=3),
)


@settings(deadline=None)  # the first one imports the parser
@given(selectors)
def test_a_rule_holds_for_what_its_selector_selects(selector: str) -> None:
    cascade = Cascade([f"{selector} {{ opacity: 0 }}"])
    chosen = set(map(id, soupsieve.select(selector, PAGE)))
    for tag in PAGE.find_all(True):
        assert bool(cascade.of(tag)) == (id(tag) in chosen), (selector, tag.name)


def held(sheet: str, element: str) -> dict[str, str]:
    tag = BeautifulSoup(f"<main>{element}</main>", "html.parser").main
    assert tag is not None
    return Cascade([sheet]).of(next(iter(tag.find_all(True))))


def test_the_weightier_rule_wins_and_important_ones_win_over_all() -> None:
    assert held("#x { opacity: 1 } p.y { opacity: 0 }", '<p id="x" class="y">')["opacity"] == "1"
    assert held("p { opacity: 1 } p { opacity: 0 }", "<p>")["opacity"] == "0"
    assert held("p { opacity: 0 }", '<p style="opacity: 1">')["opacity"] == "1"
    assert held("p { opacity: 0 !important }", '<p style="opacity: 1">')["opacity"] == "0"
    assert held(":is(#x, p) { opacity: 1 } p.y { opacity: 0 }", '<p id="x" class="y">')["opacity"] == "1"


@settings(deadline=None)
@given(st.text(alphabet="{}();:.#,@ap*>+~[]=\"'\\/-0 &!", max_size=80), st.text(max_size=40))
def test_no_sheet_and_no_style_stops_the_reading(sheet: str, style: str) -> None:
    tag = BeautifulSoup("<p class='a'>x</p>", "html.parser").p
    assert tag is not None
    tag["style"] = style
    assert isinstance(Cascade([sheet]).of(tag), dict)
