"""What the database itself refuses: changing a metadata version, or the audit log."""

from __future__ import annotations

from alembic import op

FIXED = ("brandid", "version", "run_id", "rule", "confidence", "record", "content", "author")
_VERSIONS = "a metadata version never changes"
_AUDIT = "the audit log is append-only"
_HEAD = "the head of the audit log only moves on"
_MOVED_BACK = (
    "NEW.id <> OLD.id OR NEW.revision < OLD.revision OR NEW.sequence NOT IN (OLD.sequence, "
    "OLD.sequence + 1) OR (NEW.sequence = OLD.sequence AND NEW.digest <> OLD.digest)"
)


def fix_versions() -> None:
    """Of a metadata version, only the status may be written again."""
    _refuse("versions_fixed", f"UPDATE OF {', '.join(FIXED)}", "metadata_versions", _VERSIONS)
    _refuse("versions_kept", "DELETE", "metadata_versions", _VERSIONS)


def guard_audit() -> None:
    """Rows are appended to the audit log, and its head moves on one by one."""
    _refuse("audit_fixed", "UPDATE", "audit", _AUDIT)
    _refuse("audit_kept", "DELETE", "audit", _AUDIT)
    _refuse("heads_move_on", "UPDATE", "heads", _HEAD, _MOVED_BACK)
    _refuse("heads_kept", "DELETE", "heads", _HEAD)


def _refuse(name: str, act: str, table: str, why: str, when: str = "") -> None:
    condition = f"WHEN ({when})" if when else ""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{why}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {condition} "
        f"EXECUTE FUNCTION {name}()"
    )
    if act == "DELETE":
        op.execute(
            f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION {name}()"
        )
