"""Long lists read in pages by key: the next page begins after the last item, whatever was added or removed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, RowMapping, Select, Table, literal, tuple_

from nigoh.domain.page import ListOrder, Page, PageQuery, read_cursor, write_cursor

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """How a list is sorted.

    Attributes:
        name: stands in the cursors, so that one order's cursor is refused by another.
        columns: what it is sorted by, never NULL; the last one is unique. An index over them serves the list.
        descending: the largest first.
    """

    name: str
    columns: tuple[Column[Any], ...]
    descending: bool = False


def named_orders(table: Table) -> Mapping[ListOrder, tuple[Column[Any], ...]]:
    """The orders of a table of things with a unique name."""
    return {ListOrder.NAME: (table.c.name,), ListOrder.CREATED: (table.c.created_unix_s, table.c.id)}


def read_page(
    connection: Connection,
    chosen: Select[Any],
    order: Order,
    query: PageQuery,
    to_items: Callable[[Sequence[RowMapping]], Sequence[Item]],
) -> Page[Item]:
    """The part of a list that is asked for.

    Args:
        connection: the transaction.
        chosen: the rows of the list, all columns of the order among them, unsorted.
        order: how the list is sorted.
        query: which part.
        to_items: makes an item of each row, in the same order.

    Raises:
        BadCursor: the cursor is none of a list in this order.
    """
    if query.cursor is not None:
        chosen = chosen.where(_beyond(order, query.cursor))
    directed = [column.desc() if order.descending else column.asc() for column in order.columns]
    rows = connection.execute(chosen.order_by(*directed).limit(query.limit + 1)).mappings().all()
    shown = rows[: query.limit]
    last = shown[-1] if len(rows) > len(shown) else None
    return Page(
        tuple(to_items(shown)),
        None if last is None else write_cursor(_cursor_name(order), tuple(last[column] for column in order.columns)),
    )


def _beyond(order: Order, cursor: str) -> Any:  # noqa: ANN401 - SQLAlchemy's row values have no narrower type
    kinds = [column.type.python_type for column in order.columns]
    key = read_cursor(cursor, _cursor_name(order), kinds)
    values = tuple_(*(literal(part, column.type) for part, column in zip(key, order.columns, strict=True)))
    columns = tuple_(*order.columns)
    return columns < values if order.descending else columns > values


def _cursor_name(order: Order) -> str:
    return f"-{order.name}" if order.descending else order.name
