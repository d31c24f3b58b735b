"""How large a database is."""

from sqlalchemy import text

from nigoh.storage.database.database import Database


def database_bytes(database: Database) -> int:
    """What it takes on its disk, its log of changes included.

    Raises:
        DatabaseError, DatabaseUnavailable: it cannot be asked.
    """
    if (path := database.path) is not None:
        files = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return sum(each.stat().st_size for each in files if each.exists())
    with database.read() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
