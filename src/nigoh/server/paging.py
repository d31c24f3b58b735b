"""Lists in pages: what a client asks for, and what it gets with the address of the next page (RFC 8288)."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from nigoh.domain.page import MOST_ITEMS, Page, PageQuery

Item = TypeVar("Item")
Model = TypeVar("Model", bound=BaseModel)

_MOST_CURSOR_LETTERS = 4096


class Listed(BaseModel, Generic[Model]):
    """A page of a list."""

    items: list[Model] = Field(description="In the list's order.")
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null: there is none.")


def _page_query(
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="Most items of a page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=_MOST_CURSOR_LETTERS, description="`next_cursor` of the page before.")
    ] = None,
) -> PageQuery:
    return PageQuery(limit=limit, cursor=cursor)


Paging = Annotated[PageQuery, Depends(_page_query)]
"""A parameter of a route that lists something."""


def listed(page: Page[Item], of: Callable[[Item], Model], request: Request, response: Response) -> Listed[Model]:
    """A page as JSON, and the address of the next one in the header `Link`."""
    if page.next_cursor is not None:
        url = request.url.include_query_params(cursor=page.next_cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return Listed(items=[of(item) for item in page.items], next_cursor=page.next_cursor)
