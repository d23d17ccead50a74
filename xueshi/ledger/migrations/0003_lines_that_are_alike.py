import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import F

# Existing lines get what a new one gets from its trigger; nothing that they say is changed.
FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO ledger_alike (category, kind, marks) SELECT DISTINCT category, kind, marks FROM ledger_hoursentry;
ALTER TABLE ledger_hoursentry DISABLE TRIGGER ledger_hoursentry_append_only;
UPDATE ledger_hoursentry line SET alike_id = a.id FROM ledger_alike a
    WHERE (a.category, a.kind, a.marks) = (line.category, line.kind, line.marks);
ALTER TABLE ledger_hoursentry ENABLE TRIGGER ledger_hoursentry_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Alike",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=40)),
                ("marks", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("category", "kind", "marks"), name="what_is_alike_stands_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("xid", models.BigIntegerField(db_index=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(model_name="hoursentry", name="ledger_hour_person__b90fd6_idx"),
        migrations.AddField(
            model_name="hoursentry",
            name="parts",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Cast(F("hours") * 1800, models.IntegerField()),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="hoursentry",
            name="alike",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.alike"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="hoursentry",
            name="alike",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.alike"),
        ),
        migrations.AddIndex(
            model_name="hoursentry",
            index=models.Index(
                fields=["person", "year"], include=("earned_on", "alike", "parts"), name="hours_of_a_person"
            ),
        ),
    ]
