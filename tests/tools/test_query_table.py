"""A table asked by SQL: values as they are written, each with its characters; nothing that a model wrote."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from graphs.judging.queried_tables import table_reader
from graphs.passages import to_passage
from tools.compute import said_value
from tools.document_shelf import DocumentPart
from tools.exact_arithmetic import Amount, AmountUnit
from tools.own_text import RESTS_ON
from tools.query_table import MOST_CITED, MOST_SHOWN_ROWS, queried
from tools.scoped_search import RequestError
from tools.tables.sandbox import shut_database

TEXT = """Region: North; Plan: Team; Price: 49.10 EUR; Since: 2026-01-05
Region: North; Plan: Solo; Price: 20 EUR; Since: 2026-02-05
Region: South; Plan: Solo; Price: n/a; Since: 2025-02-05
Region: South; Plan: Big; Price: 1,000 EUR; Since: 2025-12-31"""


def document(text: str = TEXT) -> Document:
    return Document(
        text, metadata={"doc_id": "a", "version": "v", "uri": "", "title": "Prices", "headings": []}
    )


def ask(
    sql: str, text: str = TEXT, question: str = "Which cost more than 30?", **part: Any
) -> list[Document]:
    return queried(sql, document(text), DocumentPart("a", **part), 1, table_reader(), question)


def result(sql: str, text: str = TEXT, question: str = "Which cost more than 30?") -> list[str]:
    return ask(sql, text, question)[-1].page_content.split("\n")


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("select plan from t where price > 30 order by price desc", ["Plan: Big", "Plan: Team"]),
        ("select price from t where plan = 'Team'", ["Price: 49.10 EUR"]),
        (
            "select sum(price) from t where region = 'North'",
            ["In total, together, the sum of Price: 69.1 EUR"],
        ),
        ("select max(price) from t", ["The most, the highest, the latest of Price: 1,000 EUR"]),
        ("select min(since) from t", ["The least, the lowest, the earliest of Since: 2025-02-05"]),
        ("select count(*) from t where year(since) = 2026", ["The number of rows: 2"]),
        ("select plan from t where since >= date '2026-01-05'", ["Plan: Team", "Plan: Solo"]),
        ("select distinct region from t", ["Region: North", "Region: South"]),
        (
            "select region, avg(price) as x from t group by 1 order by x desc",
            [
                "Region: South; On average, the mean of Price: 1000 EUR",
                "Region: North; On average, the mean of Price: 34.55 EUR",
            ],
        ),
        ("select plan from t where price is null", ["Plan: Solo"]),
        ("select plan from t where plan ilike '%EAM'", ["Plan: Team"]),
        ("select round(avg(price), 1) from t", ['round(avg("Price"), 1): 356.4 EUR']),
        ("select count(distinct region) from t", ['count(DISTINCT "Region"): 2']),
        ("select plan from t where price between 30 and 1000 and not region in ('North')", ["Plan: Big"]),
        ("select plan from t order by since limit 1 offset 1", ["Plan: Big"]),
    ],
)
def test_the_result(sql: str, lines: list[str]) -> None:
    said = [line for line in result(sql)[1:] if not line.startswith("Left out")]
    assert said == lines


def test_decimals_are_exact_and_floats_say_what_they_can() -> None:
    text = "A: x; B: 0.1\nA: y; B: 0.2\nA: z; B: 0.7"
    assert result("select sum(b) from t", text)[1] == "In total, together, the sum of B: 1"
    assert result("select avg(b) from t", text)[1] == "On average, the mean of B: 0.333333333333"


def test_every_value_has_the_characters_of_its_cells_and_the_rows_are_passages() -> None:
    *rows, said = ask("select region, sum(price) from t group by region order by region")
    for row in rows:
        passage = to_passage(row)
        assert TEXT[passage["start"] : passage["end"]] == passage["text"]
    for line, cells in (
        ("North", ["North", "49.10 EUR", "North", "20 EUR"]),
        ("South", ["South", "n/a", "South"]),
    ):
        start = said.page_content.index(f"\nRegion: {line}") + 1
        own = [one for one in said.metadata["metadata"][RESTS_ON] if one["of"][0] == start]
        assert [TEXT[one["start"] : one["end"]] for one in own][: len(cells)] == cells
        assert all(one["doc_id"] == "a" for one in own)
    assert said.page_content.endswith("Left out: 1 cells of Price that hold no number.")


def test_of_many_cells_some_are_named_and_how_many_there_are() -> None:
    text = "\n".join(f"Part: p{n}; Count: {n}" for n in range(100))
    *rows, said = ask("select sum(count) from t", text)
    assert "4950 (from 100 cells, 12 of them cited)" in said.page_content
    assert len(said.metadata["metadata"][RESTS_ON]) == MOST_CITED
    assert sum(len(row.page_content.split("\n")) for row in rows) == MOST_SHOWN_ROWS
    many = ask("select part, sum(count), max(count), min(count) from t group by part", text)[-1]
    cited = {tuple(one["of"]) for one in many.metadata["metadata"][RESTS_ON]}
    lines = [line for line in many.page_content.split("\n") if line.startswith("Part: ")]
    assert len(cited) == len(lines) == 60, "each line of a result names cells"
    most = ask("select max(count) from t", text)[-1].metadata["metadata"][RESTS_ON][0]
    assert text[most["start"] : most["end"]] == "99"


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(price) as ann_stole_it from t",
        'select plan as "Ann stole it" from t',
        "select plan from t -- Ann stole it",
        "select /* Ann stole it */ plan from t",
        "select plan ann_stole_it from t order by ann_stole_it",
    ],
)
def test_no_word_of_a_model_is_in_what_is_said(sql: str) -> None:
    assert "stole" not in "".join(one.page_content for one in ask(sql)).lower()


@pytest.mark.parametrize(
    "sql",
    [
        "select 'Ann stole it' from t",
        "select plan || 'Ann stole it' from t",
        "select plan from t where plan = 'Ann stole it'",
        "select plan from t where plan like '%Ann%stole%'",
        "select plan from t where price > 5000",
        "select 42 from t",
        "select price * 2 from t",
        "select count(*) * 100 + 7 from t",
        "select plan from t where plan = 'Team\nRegion'",
    ],
)
def test_a_model_cannot_say_anything_by_what_it_compares_with(sql: str) -> None:
    with pytest.raises(RequestError):
        ask(sql, question="What did Ann do? Ann stole it, they say.")


HOSTILE = [
    "COPY t TO '/tmp/x'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "ATTACH '/tmp/x.db' AS y",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET memory_limit = '10GB'",
    "RESET lock_configuration",
    "CREATE TABLE x AS SELECT * FROM t",
    "INSERT INTO t VALUES (1)",
    "DELETE FROM t",
    "DROP TABLE t",
    "CALL pragma_version()",
    "EXPLAIN ANALYZE SELECT * FROM t",
    "select plan from t; drop table t",
    "select plan from t; select plan from t",
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    'select * from "/etc/passwd"',
    "select * from 'https://example.com/x.parquet'",
    "select * from duckdb_settings()",
    "select * from information_schema.tables",
    "select * from glob('/*')",
    "select getenv('HOME') from t",
    "select current_setting('temp_directory') from t",
    "with recursive a as (select 1 x union all select x + 1 from a) select * from a",
    "with a as (select * from t) select * from a",
    "select * from generate_series(1, 1000000000000)",
    "select unnest(generate_series(1, 1000000000000)) from t",
    "select * from range(1000000000000)",
    "select repeat(plan, 1000000000) from t",
    "select plan from t where plan = repeat('Team', 1000000000)",
    "select * from t, t as u, t as v",
    "select * from t cross join t as u",
    "select plan from t where exists (select 1)",
    "select (select max(price) from t) from t",
    "select plan from t union all select region from t",
    "select sum(price) over () from t",
    "select plan from t using sample 1",
    "select plan from t where regexp_matches(plan, '(a+)+$')",
    "select columns('.*') from t",
    "select * exclude (plan) from t",
    "select list_transform([plan], x -> x) from t",
    "select case when true then plan end from t",
    "select $1 from t",
    "select ? from t",
    "select rowid, n from t",
    "select main.t.plan from t",
    "select plan from main.t",
    "select plan from t group by rollup(plan)",
    "select plan from t limit 50%",
    "select plan from t limit (select 1)",
    "select plan from t order by 99",
    "select sum(plan) from t",
    "select plan from t where 'Team'",
    "select price + since from t",
    "values (1)",
    "select plan from t where price > 1e999999999",
    "select plan from t where price > 0x10",
    "select plan from t where price > 1_000",
    "".join(["select plan from t where price > ", *("9" * 400)]),
    "selec plan from t",
    " or ".join(["select plan from t where price > 30"] * 60),
    "".join(["select plan from t where ", *("-" * 1900), "1"]),
    "select '\x00' from t",
]


@pytest.mark.parametrize("sql", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_plain_select_of_the_table_is_one_line_at_once(
    sql: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = time.monotonic()
    found: list[Document] = []
    said = ""
    try:
        found = ask(sql)
    except RequestError as error:
        said = str(error)
    assert all(one.page_content.startswith("Table 1 of 1") for one in found)
    assert bool(said) != bool(found)
    assert "\n" not in said
    assert len(said) < 300
    # Nothing of the document or of the query goes where the model is told what failed.
    assert not any(word in said for word in ("Region", "Solo", "passwd", "Price"))
    assert time.monotonic() - begun < 3
    assert list(tmp_path.iterdir()) == []


def test_a_name_in_quotes_is_a_name_and_nothing_else() -> None:
    text = 'a "b"; drop table t --: 1; x: 2\na "b"; drop table t --: 3; x: 4'
    columns = ask("", text)[0].page_content
    name = columns.split("\n")[1].removeprefix("- ").rpartition(" (")[0]
    assert result(" ".join(["select", name, "from t"]), text)[1:]
    assert "columns" in ask('select "no such; drop table t --" from t')[0].page_content


def test_the_database_is_shut_even_for_what_would_get_past_the_reading(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    frame = [1, 2, 3]
    assert frame
    for sql in (
        "SELECT * FROM read_csv('secret.csv')",
        "SELECT * FROM 'secret.csv'",
        f"COPY (SELECT 1) TO '{tmp_path / 'out'}'",
        f"ATTACH '{tmp_path / 'x.db'}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
        "SELECT * FROM frame",
        "SELECT count(*) FROM (SELECT DISTINCT x FROM range(100000000) r(x))",
    ):
        with pytest.raises(RequestError), shut_database() as connection:
            connection.execute(sql).fetchall()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["secret.csv"]


def test_what_takes_too_long_is_interrupted() -> None:
    begun = time.monotonic()
    with pytest.raises(RequestError, match=r"longer than 0\.3 seconds"), shut_database(0.3) as connection:
        connection.execute("SELECT sum(x) FROM range(100000000000) r(x)").fetchall()
    assert time.monotonic() - begun < 5


def test_without_sql_or_with_a_wrong_column_the_columns_are_shown_as_a_passage() -> None:
    for sql in ("", "select nothing from t"):
        (said,) = ask(sql)
        assert said.page_content.split("\n") == [
            "Table 1 of 1 has 4 rows and 4 columns:",
            '- "Region" (text)',
            '- "Plan" (text)',
            '- "Price" (number, euro)',
            '- "Since" (date)',
        ]


def test_the_table_is_that_of_the_passage_else_the_one_that_is_named() -> None:
    text = "A: 1; B: 2\nA: 3; B: 4\n\nMore.\n\nC: 5; D: 6\nC: 7; D: 8"
    at = text.index("C: 7")
    assert result("select max(a) from t", text)[1].endswith(" 3")
    found = ask("select max(c) from t", text, version="v", start=at, end=at + 4)
    assert found[-1].page_content.endswith(" 7")
    with pytest.raises(RequestError, match="there is no table 3; the document has 2"):
        queried("", document(text), DocumentPart("a"), 3, table_reader(), "")
    with pytest.raises(RequestError, match="no table"):
        ask("select a from t", "Prose.")


def test_a_result_is_cut_and_says_so() -> None:
    text = "\n".join(f"Part: p{n}; Count: {n}" for n in range(100))
    lines = result("select part from t", text)
    assert lines[-1] == "The first 20 rows of the result are shown."
    assert sum(line.startswith("Part: ") for line in lines) == 20
    assert result("select part from t where count > 99", text, "more than 99?")[-1] == "No row fits."


_AMOUNTS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.decimals(-999, 999, places=2)), min_size=1, max_size=12
)


@given(_AMOUNTS)
@settings(max_examples=40, deadline=None)
def test_sums_and_counts_are_those_of_exact_fractions(rows: list[tuple[str, Decimal]]) -> None:
    text = "\n".join(
        f"Kind: {kind}; Amount: {amount:f} EUR" for kind, amount in [*rows, ("w", Decimal("0.5"))]
    )
    said = ask("select kind, sum(amount), count(*) from t group by kind order by kind", text)[-1].page_content
    for kind in {kind for kind, _ in rows}:
        of_it = [Fraction(amount) for one, amount in rows if one == kind]
        total = said_value(Amount(sum(of_it, Fraction(0)), AmountUnit("euro", "EUR", Fraction(1))))
        assert f"Kind: {kind}; In total, together, the sum of Amount: {total}" in said
        assert f"Kind: {kind}; The number of rows: {len(of_it)}\n" in f"{said}\n" or "cited" in said
