"""A model's SELECT, read from the parser's tree and written anew: nothing that it wrote is run as it is.

Columns become ``c0``, ``c1`` …, literals are quoted again, names that it gave are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.tables.expressions import TABLE, ExpressionReader
from tools.tables.pieces import Node, QueryError, SqlPiece, whole_number
from tools.tables.queried_table import QueriedTable, TableReader

MOST_ROWS = 20
"""Rows of a result."""

_PLAIN = "a query may use WHERE, GROUP BY, HAVING, ORDER BY and LIMIT, in their plain forms"


@dataclass(frozen=True, slots=True)
class TableQuery:
    """``items`` are selected by ``sql``, and last the numbers of the rows that each rests on."""

    sql: str
    items: Sequence[SqlPiece]
    condition: str
    grouped: str
    grouping: bool
    ordered: str
    used: frozenset[int]
    """Columns of the conditions and groups."""


def read_query(tree: Node, table: QueriedTable, reader: TableReader, question: str) -> TableQuery:
    """The query of a parsed statement.

    Raises:
        QueryError: it is more than one SELECT over the one table, or uses what is not allowed.
    """
    return _QueryReader(ExpressionReader(table, reader, question)).read(tree)


class _QueryReader:
    def __init__(self, expressions: ExpressionReader) -> None:
        self._of = expressions

    def read(self, tree: Node) -> TableQuery:
        statements = tree["statements"]
        if len(statements) != 1:
            raise QueryError("write one SELECT, and no more")
        node = statements[0]["node"]
        self._check_shape(node)
        items = [piece for one in node["select_list"] for piece in self._selected(one)]
        groups = [self._grouped(one, items) for one in node["group_expressions"]]
        aggregated = any(one.aggregated for one in items)
        if _has(node, "DISTINCT_MODIFIER"):
            if aggregated or groups:
                raise QueryError("DISTINCT goes with columns alone; use GROUP BY")
            groups = items
        grouping = bool(groups)
        for one in items:
            if (grouping or aggregated) and not one.aggregated and one.sql not in {g.sql for g in groups}:
                raise QueryError("what is selected beside an aggregate must be in GROUP BY")
        where = self._truth(node["where_clause"], "WHERE")
        having = self._truth(node["having"], "HAVING", aggregates=True)
        orders = self._orders(node, items)
        condition = [one.shown for one in (where, having) if one is not None]
        of = [*groups, *(one for one in (where, having) if one is not None)]
        return TableQuery(
            sql=self._sql(node, items, groups, where, having, orders, grouping or aggregated),
            items=items,
            condition=" and ".join(condition),
            grouped=", ".join(one.shown for one in groups) if not _has(node, "DISTINCT_MODIFIER") else "",
            grouping=grouping,
            ordered=", ".join(f"{one.shown}{' descending' if down else ''}" for one, down in orders),
            used=frozenset(column for one in of for column in one.columns),
        )

    def _sql(
        self,
        node: Node,
        items: Sequence[SqlPiece],
        groups: Sequence[SqlPiece],
        where: SqlPiece | None,
        having: SqlPiece | None,
        orders: Sequence[tuple[SqlPiece, bool]],
        together: bool,
    ) -> str:
        rows = "list(n ORDER BY n)" if together else "n"
        parts = [f"SELECT {', '.join([*(one.sql for one in items), rows])} FROM {TABLE}"]  # noqa: S608 - written here
        parts += [f"WHERE {where.sql}"] if where else []
        parts += [f"GROUP BY {', '.join(dict.fromkeys(one.sql for one in groups))}"] if groups else []
        parts += [f"HAVING {having.sql}"] if having else []
        order = [f"{one.sql}{' DESC' if down else ''} NULLS LAST" for one, down in orders]
        parts.append(f"ORDER BY {', '.join([*order, 'min(n)' if together else 'n'])}")
        limit, offset = _limits(node)
        parts.append(f"LIMIT {min(limit, MOST_ROWS + 1)} OFFSET {offset}")
        return " ".join(parts)

    def _check_shape(self, node: Node) -> None:
        if node["type"] != "SELECT_NODE":
            raise QueryError("write one plain SELECT, without UNION or the like")
        if node["cte_map"]["map"]:
            raise QueryError("a query may not use WITH")
        source = node["from_table"]
        if source["type"] != "BASE_TABLE" or [
            name.casefold() for name in source["qualified_name"]["path"]
        ] != [TABLE]:
            raise QueryError(f"there is one table, and it is called {TABLE}")
        plain = [[], [list(range(len(node["group_expressions"])))]]
        if source["sample"] or source["at_clause"] or source["column_name_alias"] or node["sample"]:
            raise QueryError("a query may not use SAMPLE or name the columns anew")
        if (
            node["qualify"]
            or node["group_sets"] not in plain
            or node["aggregate_handling"] != "STANDARD_HANDLING"
        ):
            raise QueryError(_PLAIN)
        known = ("ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER")
        for one in node["modifiers"]:
            if one["type"] not in known or one.get("distinct_on_targets"):
                raise QueryError(_PLAIN)

    def _selected(self, node: Node) -> list[SqlPiece]:
        if node["class"] == "STAR":
            extra = (
                "exclude_list",
                "replace_list",
                "expr",
                "qualified_exclude_list",
                "rename_list",
                "columns",
            )
            if any(node[name] for name in extra):
                raise QueryError("write * alone, or the columns")
            return [self._of.column_at(at) for at in range(len(self._of.table.columns))]
        piece = self._of.piece(node, free=True)
        if not piece.columns and piece.function != "count":
            raise QueryError("what is selected must be of columns")
        if piece.kind == "truth":
            raise QueryError("select columns and numbers; conditions go into WHERE")
        if alias := str(node.get("alias") or "").casefold():
            self._of.names[alias] = node
        return [piece]

    def _grouped(self, node: Node, items: Sequence[SqlPiece]) -> SqlPiece:
        place = whole_number(node)
        piece = (
            items[place - 1]
            if place and place <= len(items)
            else self._of.piece(self._by_place(node), free=True)
        )
        if piece.aggregated or not piece.columns:
            raise QueryError("GROUP BY takes columns")
        return piece

    def _orders(self, node: Node, items: Sequence[SqlPiece]) -> list[tuple[SqlPiece, bool]]:
        found: list[tuple[SqlPiece, bool]] = []
        for modifier in node["modifiers"]:
            for one in modifier.get("orders", ()):
                place = whole_number(one["expression"])
                if place is not None and not 1 <= place <= len(items):
                    raise QueryError(f"ORDER BY {place}: there are {len(items)} columns in the result")
                piece = (
                    items[place - 1]
                    if place
                    else self._of.piece(self._by_place(one["expression"]), free=True)
                )
                found.append((piece, one["type"] == "DESCENDING"))
        return found

    def _by_place(self, node: Node) -> Node:
        """What a name stands for that the query itself gave."""
        if node["class"] == "COLUMN_REF" and len(node["column_names"]) == 1:
            name = node["column_names"][0].casefold()
            if self._of.index(name) is None and name in self._of.names:
                return self._of.names[name]
        return node

    def _truth(self, node: Node | None, what: str, aggregates: bool = False) -> SqlPiece | None:
        if node is None:
            return None
        piece = self._of.piece(node)
        if piece.kind != "truth":
            raise QueryError(f"{what} takes a condition")
        if piece.aggregated and not aggregates:
            raise QueryError("WHERE takes no aggregates; use HAVING")
        return piece


def _has(node: Node, kind: str) -> bool:
    return any(one["type"] == kind for one in node["modifiers"])


def _limits(node: Node) -> tuple[int, int]:
    for one in node["modifiers"]:
        if one["type"] == "LIMIT_MODIFIER":
            limit, offset = whole_number(one["limit"]), whole_number(one["offset"])
            if (
                one["limit_type"] != "ROW_COUNT"
                or (one["limit"] and limit is None)
                or (one["offset"] and offset is None)
            ):
                raise QueryError("LIMIT and OFFSET take whole numbers")
            return (limit if limit is not None else MOST_ROWS + 1), offset or 0
    return MOST_ROWS + 1, 0
