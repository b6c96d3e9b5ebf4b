"""DuckDB in memory, shut off from files, network and settings: runs a query that was read over one table."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import Any

from tools.tables.expressions import TABLE
from tools.tables.pieces import Node, QueryError
from tools.tables.queried_table import QueriedTable, TableCell, TableColumn

MOST_CHARACTERS = 2000
"""Of a query."""
TIME_S = 5.0
MOST_DIGITS = 38
"""Of a decimal number in DuckDB."""

_SHUT: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # Else a name that is no table is looked for among the variables of the calling Python.
    "python_enable_replacements": "false",
    "python_scan_all_frames": "false",
    "memory_limit": "256MB",
    "temp_directory": "",
    "max_temp_directory_size": "0KB",
    "threads": "1",
    "lock_configuration": "true",
}


@contextmanager
def shut_database(time_s: float = TIME_S) -> Iterator[Any]:
    """An empty database, interrupted after so many seconds.

    Raises:
        QueryError: the query failed, or took too long.
    """
    import duckdb

    with duckdb.connect(":memory:", config=_SHUT) as connection:
        late = threading.Event()

        def stop() -> None:
            late.set()
            connection.interrupt()

        timer = threading.Timer(time_s, stop)
        timer.start()
        try:
            yield connection
        except duckdb.Error as error:
            if late.is_set():
                raise QueryError(f"the query took longer than {time_s:g} seconds") from None
            # Of its kind alone: the message would repeat the query's words.
            raise QueryError(f"the query cannot be run ({type(error).__name__})") from None
        finally:
            timer.cancel()


def parsed(connection: Any, sql: str) -> Node:
    """The parser's tree of a query; nothing is run.

    Raises:
        QueryError: it cannot be read, or is no SELECT.
    """
    if not sql.strip() or len(sql) > MOST_CHARACTERS or "\0" in sql:
        raise QueryError(f"write one SELECT of at most {MOST_CHARACTERS} characters")
    (written,) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(written)
    if tree["error"]:
        only = tree.get("error_type") == "not implemented"
        raise QueryError("write one SELECT, and nothing else" if only else "the query is no valid SQL")
    return tree


def run(connection: Any, table: QueriedTable, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query that ``tools.tables.query`` wrote."""
    kinds = [_kind(column, [row[at] for row in table.rows]) for at, column in enumerate(table.columns)]
    named = ", ".join(f"c{at} {kind}" for at, kind in enumerate(kinds))
    connection.execute(f"CREATE TABLE {TABLE} (n BIGINT, {named})")
    given = [[_given(row[at], column) for row in table.rows] for at, column in enumerate(table.columns)]
    columns = ", ".join(["unnest(?::BIGINT[])", *(f"unnest(?::VARCHAR[])::{kind}" for kind in kinds)])
    connection.execute(f"INSERT INTO {TABLE} SELECT {columns}", [list(range(len(table.rows))), *given])
    rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return rows


def _kind(column: TableColumn, cells: Sequence[TableCell | None]) -> str:
    if column.kind != "number":
        return {"date": "DATE", "text": "VARCHAR"}[column.kind]
    values = [Fraction(cell.value) for cell in cells if cell is not None and isinstance(cell.value, Fraction)]
    scale = max((_places(value) for value in values), default=0)
    digits = max((len(str(abs(int(value)))) for value in values), default=1)
    if scale + digits > MOST_DIGITS - 6:
        raise QueryError("the table holds numbers with too many digits")
    return f"DECIMAL({MOST_DIGITS},{scale})"


def _places(value: Fraction) -> int:
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > MOST_DIGITS:
            raise QueryError("the table holds numbers that have no end")
    return places


def _given(cell: TableCell | None, column: TableColumn) -> str | None:
    if cell is None:
        return None
    if column.kind == "text":
        return plain(cell.written)
    if isinstance(cell.value, date):
        return cell.value.isoformat()
    if cell.value is None:
        return None
    places = _places(cell.value)
    whole = str(abs(int(cell.value * 10**places))).rjust(places + 1, "0")
    sign = "-" if cell.value < 0 else ""
    return f"{sign}{whole[:-places]}.{whole[-places:]}" if places else sign + whole


def plain(written: str) -> str:
    """A cell without the marks that set it."""
    return written.replace("\\|", "|").strip("*_` ")
