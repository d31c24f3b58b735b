"""Makes what was deleted in the database be gone from its files too."""

from nigoh.storage.database.database import Database

_WAIT_MS = 500
"""Writers wait as long as the log waits for its readers: a backup reads for minutes."""


def overwrite_deleted(database: Database) -> bool:
    """Leave nothing of deleted rows in the database's files; False: readers held on to it, try again later.

    SQLite overwrites in its file what it deletes (secure_delete), but its log keeps earlier pages until it is cut.
    PostgreSQL keeps earlier rows until they are vacuumed, and its own log until the server recycles it. Neither
    reaches what a disk or a file system has kept of blocks that were overwritten or freed.
    """
    raw = database.engine.raw_connection()
    try:
        if database.dialect == "postgresql":
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM data_key")
            return True
        cursor = raw.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        try:
            cursor.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
            (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={int(before)}")
            cursor.close()
        return not busy
    finally:
        raw.close()
