"""Whose employer becomes public or front-line has other facts: the snapshot must read them again."""

from django.db import migrations

TOUCH = """
CREATE OR REPLACE FUNCTION ledger_touch_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_touched (person_id, xid, at)
    SELECT DISTINCT touched.id, pg_current_xact_id()::text::bigint, clock_timestamp() FROM (
        SELECT e.person_id FROM moved m JOIN stood s USING (id) JOIN people_employment e ON e.employer_id = m.id
        WHERE {moved} IS DISTINCT FROM {stood}
    ) AS touched (id);
    RETURN NULL;
END $$;
"""
NOW = TOUCH.format(
    moved="(m.level, m.ownership, substr(m.credit_code, 1, 2), m.grass_roots)",
    stood="(s.level, s.ownership, substr(s.credit_code, 1, 2), s.grass_roots)",
)
BEFORE = TOUCH.format(moved="m.level", stood="s.level")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_touched"), ("people", "0004_organisations_requests_rosters")]
    operations = [migrations.RunSQL(NOW, BEFORE)]
