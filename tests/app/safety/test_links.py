"""Links in what leaves: only to allowed hosts, and plain text left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.safety.links import carries, keep_allowed_links

ALLOWED = frozenset({"example.com"})


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://evil.test/?q=secret)",
        "[a](//evil.test)",
        "[a](<https://evil.test/a b>)",
        "[a](https://evil.test 'https://example.com')",
        "[a](\nhttps://evil.test)",
        "[a](javascript:alert(evil.test))",
        "[a [b] c](https://evil.test)",
        "![a](https://evil.test/x.png)",
        "[![a](https://evil.test/i.png)](https://evil.test)",
        "[![a](https://evil.test/i.png)](https://example.com)",
        "[a][1]\n\n[1]: https://evil.test/x",
        "> [a][1]\n>\n> [1]: https://evil.test/x",
        "<https://evil.test>",
        "<someone@evil.test>",
        "<img src=https://evil.test/x>",
        "<img src='//evil.test/x'>",
        "<IMG\nSRC=//evil.test/x",
        "<a href=https://evil.test>x</a>",
        "<!-- https://evil.test -->",
        "https://evil.test/x",
        "HTTPS://EVIL.TEST",
        "ftp://evil.test hxxp://evil.test file://evil.test/share",
        "(//evil.test/x)",
        "www.evil.test",
        "javascript:alert('evil.test')",
        "data:text/html,evil.test",
        "vbscript:evil.test",
        "mailto:someone@evil.test",
        "https://example.com@evil.test/",
        "https://example.com:pw@evil.test/",
        "https://example.com.evil.test/",
        "https://evilexample.com#evil.test",
        r"https://evil.test\.example.com/",
        r"https://evil.test\@example.com/",
        "https://evil\u3002test/",
        "https://evil.test\uff0fexample.com",
        "https://[::1]/evil.test",
        "https&#58;//evil.test",
        "`https://evil.test`",
        "[https://evil.test](https://example.com)",
        "[a](https://example.com 'https://evil.test')",
        "[ok](https://example.com) and https://evil.test",
        "\x000\x00 https://evil.test",
    ],
)
def test_no_carrier_takes_a_link_to_another_host_out(text: str) -> None:
    checked = keep_allowed_links(text, ALLOWED)
    assert "evil" not in checked.text.lower()
    assert checked.removed


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<iframe srcdoc=x>",
        "<svg/onload=alert(1)>",
        "<form action=/delete>",
        "<base href=/>",
        "</a>",
    ],
)
def test_active_html_goes_even_without_a_host(text: str) -> None:
    checked = keep_allowed_links(f"Read this: {text}", ALLOWED)
    assert "<" not in checked.text
    assert checked.removed


@pytest.mark.parametrize(
    "text",
    [
        "[the form](https://example.com/form?a=1#b)",
        '[the form](https://docs.example.com/form "Docs")',
        "https://example.com/x",
        "http://EXAMPLE.com:8080/x",
        "<https://example.com>",
        "https://example.com./x",
        "[see [the form](https://example.com/1)](https://example.com/2)",
        "two: https://example.com/1, [two](https://example.com/2)",
    ],
)
def test_links_to_allowed_hosts_and_their_subdomains_stay(text: str) -> None:
    assert keep_allowed_links(text, ALLOWED).text == text
    assert keep_allowed_links(text, ALLOWED).removed == ()
    assert keep_allowed_links(text, frozenset()).removed != ()


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d, if (a<b && c>d)",
        "Use it if a <b and c = 5.",
        "http is a protocol, and https: too",
        "Write to help@example.org.",
        "See /etc/hosts, C:\\Users\\x and ../a/b.md",
        "List<String>, vector<int>, <T> and <placeholder>",
        "either and//or, 1//2, c++//comment, x // y, section 3.2//4.1",
        "array[0][1] and [1][2]",
        "data: 5 items; javascript: a language",
        "It costs 5 EUR [1].",
        "std::vector, key:value, 10:30",
        "2.4.1 and example.org without a scheme",
        "☕ 東京",
        "",
    ],
)
def test_plain_text_is_left_alone(text: str) -> None:
    checked = keep_allowed_links(text, frozenset())
    assert (checked.text, checked.removed) == (text, ())


def test_the_words_of_a_link_stay() -> None:
    text = "Fill in [the form](https://evil.test) or ask [Ann](https://example.com/ann)."
    assert keep_allowed_links(text, ALLOWED).text == (
        "Fill in the form or ask [Ann](https://example.com/ann)."
    )


@given(
    st.lists(st.sampled_from(["[", "]", "(", ")", "!", "<", ">", "https://evil.test", "//", " ", "\\", "a"]))
)
def test_no_arrangement_of_marks_lets_a_url_through(parts: list[str]) -> None:
    checked = keep_allowed_links("".join(parts), ALLOWED)
    assert "https://evil.test" not in checked.text
    assert keep_allowed_links(checked.text, ALLOWED).text.count("https://") == 0


HANDLERS = [
    '<b onmouseover="steal()">here</b>',
    "<details open ontoggle=steal()>x</details>",
    "<marquee onstart='steal()'>",
    "<x-y onclick = steal() >",
    "<noscript><p>steal",
    "<plaintext>steal",
    "<!--[if IE]>steal<![endif]-->",
    "<?steal x?>",
    "<![CDATA[steal]]>",
]


@pytest.mark.parametrize("text", HANDLERS)
def test_no_tag_that_does_anything_leaves(text: str) -> None:
    checked = keep_allowed_links(f"Read {text}", ALLOWED)
    assert checked.removed
    assert not carries(checked.text, ALLOWED)
    assert "=" not in checked.text


@pytest.mark.parametrize(
    "text", ["evil.test/?q=secret", "evil.test?q=secret", "xmpp:a@evil.test", "a.evil.test/x?y"]
)
def test_an_address_that_could_carry_data_goes_without_a_scheme_too(text: str) -> None:
    assert "evil" not in keep_allowed_links(f"Look at {text}", ALLOWED).text


def test_text_that_reads_otherwise_than_it_is_written_is_mended() -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "steal")
    assert keep_allowed_links(f"Pay \u202e5\u202c EUR.{hidden}", ALLOWED).text == "Pay 5 EUR."


MARKS = "[]()<>!a:/.=\"'`\\ \n#*_-1"


@given(st.text(MARKS, max_size=120))
def test_a_markdown_reader_finds_nothing_in_what_leaves(text: str) -> None:
    assert not carries(keep_allowed_links(text, ALLOWED).text, ALLOWED)


@pytest.mark.parametrize("piece", "[]( [a]( <a= ![[ http:// //a. www. [x]: <!-- ]( a.b. <a@ [a][".split())
def test_a_text_with_many_brackets_is_read_once(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> str:
        raise AssertionError("mended link by link")

    text = piece * 100
    if text.count("[") + text.count("<") > 64:
        monkeypatch.setattr("app.safety.links._mended", never)
    assert not carries(keep_allowed_links(text, ALLOWED).text, ALLOWED)


def test_few_brackets_before_many_marks_are_not_read_from_each_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> str:
        raise AssertionError("mended link by link")

    monkeypatch.setattr("app.safety.links._mended", never)
    text = "[a " * 15 + "*" * 4000
    assert "[" not in keep_allowed_links(text, ALLOWED).text


def test_a_long_answer_with_many_links_keeps_them() -> None:
    sentence = (
        f"The *fee* is 12.50 EUR (+20 %), see [the form](https://{next(iter(ALLOWED))}/a-b_c?d=e&f=1). "
    )
    text = sentence + "It is paid once a year, by bank transfer or card, and is not refunded. " * 2
    assert keep_allowed_links(text * 20, ALLOWED).text == text * 20
