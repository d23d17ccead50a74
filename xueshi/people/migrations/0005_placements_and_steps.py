"""Everybody has a placement from the day of registration; what happened to a request is never rewritten."""

from django.db import migrations

PLACED = """
INSERT INTO people_placement (person_id, region_id, file_keeper, file_agency_id, since)
SELECT id, region_id, file_keeper, file_agency_id, (registered_at AT TIME ZONE 'Asia/Shanghai')::date
FROM people_person
"""
CLOSED = """
CREATE TRIGGER people_changestep_append_only BEFORE UPDATE OR DELETE ON people_changestep
    FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
CREATE TRIGGER people_changestep_no_truncate BEFORE TRUNCATE ON people_changestep
    FOR EACH STATEMENT
    EXECUTE FUNCTION xueshi_refuse_truncate();
"""
OPENED = """
DROP TRIGGER people_changestep_append_only ON people_changestep;
DROP TRIGGER people_changestep_no_truncate ON people_changestep;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_organisations_requests_rosters"),
        ("kernel", "0002_append_only"),
    ]

    operations = [
        migrations.RunSQL(PLACED, migrations.RunSQL.noop),
        migrations.RunSQL(CLOSED, OPENED),
    ]
