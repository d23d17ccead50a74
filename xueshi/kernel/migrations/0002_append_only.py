"""Append-only means the database says so: one function, used by every table that only grows."""

from django.db import migrations

REFUSE = r"""
CREATE FUNCTION xueshi_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23001';
END $$;
CREATE FUNCTION xueshi_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The suite empties its own databases this way; nobody else may.
    IF current_database() NOT LIKE 'test\_%' THEN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23001';
    END IF;
    RETURN NULL;
END $$
"""


def protect(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION xueshi_refuse_change(); DROP FUNCTION xueshi_refuse_truncate()"),
        protect("kernel_auditline"),
    ]
