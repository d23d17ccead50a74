"""Receipts count by themselves, so that those of a day follow one another."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_append_only")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE payments_receipt_number", "DROP SEQUENCE payments_receipt_number"),
    ]
