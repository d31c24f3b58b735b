"""Triggers by which the database itself refuses to change or remove an entry, or to leave a number out.

They stop mistakes, injected SQL, and whoever has the rights of nigoh's user on PostgreSQL if that is not the table's
owner. Who owns the database can drop them: the chain of hashes and the noted heads are there to show it.
"""

from collections.abc import Sequence

_SQLITE = (
    """\
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END""",
    """\
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END""",
    # This one stops REPLACE too, which removes the old row without asking the trigger on DELETE.
    """\
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'entries of the audit are numbered without gaps'); END""",
)
_SQLITE_GONE = (
    "DROP TRIGGER audit_in_order",
    "DROP TRIGGER audit_no_delete",
    "DROP TRIGGER audit_no_update",
)

_POSTGRESQL = (
    """\
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is never changed';
END $$""",
    """\
CREATE FUNCTION audit_require_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit) THEN
        RAISE EXCEPTION 'entries of the audit are numbered without gaps';
    END IF;
    RETURN NEW;
END $$""",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_require_order()",
)
_POSTGRESQL_GONE = (
    "DROP TRIGGER audit_in_order ON audit",
    "DROP TRIGGER audit_no_truncate ON audit",
    "DROP TRIGGER audit_no_change ON audit",
    "DROP FUNCTION audit_require_order()",
    "DROP FUNCTION audit_refuse()",
)


def guard(dialect: str) -> Sequence[str]:
    """The statements that put the triggers there; dialect is "sqlite" or "postgresql"."""
    return _POSTGRESQL if dialect == "postgresql" else _SQLITE


def unguard(dialect: str) -> Sequence[str]:
    """The statements that take them away, for a migration that has to."""
    return _POSTGRESQL_GONE if dialect == "postgresql" else _SQLITE_GONE
