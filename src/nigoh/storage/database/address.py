"""Where a database is: one file, or a PostgreSQL server. What is shown of the address never holds a password."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from nigoh.errors import ConfigError

Dialect = Literal["sqlite", "postgresql"]

_FORMS = "Give sqlite:////folder/nigoh.sqlite or postgresql+psycopg://user@host/name."


@dataclass(frozen=True, slots=True)
class Address:
    """A database's address, taken apart.

    Attributes:
        dialect: what speaks there.
        url: for the connection alone: it may hold a password.
        path: the file; None: a server.
        shown: safe to show: the path, or the server's host, port and database.
    """

    dialect: Dialect
    url: URL = field(repr=False)
    path: Path | None
    shown: str


def read_address(text: str) -> Address:
    """Take an address apart.

    Raises:
        ConfigError: it is none, or one of a database that nigoh does not know.
    """
    try:
        url = make_url(text)
        host = _host(url)
    except (ArgumentError, ValueError):
        # Not `from`: the other error's text may hold the password.
        raise ConfigError("the database's address cannot be read", _FORMS) from None
    match url.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _file(url)
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return Address(
                "postgresql", url.set(drivername="postgresql+psycopg"), None, f"{host}/{url.database or ''}"
            )
        case other:
            raise ConfigError(f"the database's address begins with {other}, which nigoh does not know", _FORMS)


def _file(url: URL) -> Address:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
        raise ConfigError("the database's address names no file", _FORMS)
    path = Path(url.database).expanduser().absolute()
    return Address("sqlite", url.set(drivername="sqlite", database=str(path)), path, str(path))


def _host(url: URL) -> str:
    asked = url.query.get("host", "")
    host = url.host or (asked if isinstance(asked, str) else ",".join(asked)) or "localhost"
    return f"{host}:{url.port}" if url.port else host
