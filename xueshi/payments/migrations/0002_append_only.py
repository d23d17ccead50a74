"""Money that came in, what was said about it and the receipts only grow; numbers come from one sequence."""

from django.db import migrations


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
    dependencies = [("payments", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE payments_number", "DROP SEQUENCE payments_number"),
        protect("payments_payment"),
        protect("payments_notice"),
        protect("payments_receipt"),
    ]
