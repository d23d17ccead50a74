"""Each line is told what it is like, and each person whose row of the snapshot is no longer true is put down."""

from django.db import migrations

STAMP = """
CREATE OR REPLACE FUNCTION ledger_hoursentry_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_hoursentry o
        WHERE o.id = NEW.reverses_id AND o.reverses_id IS NULL AND o.person_id = NEW.person_id
          AND o.year = NEW.year AND o.category = NEW.category AND o.hours = -NEW.hours
          AND o.kind = NEW.kind AND o.marks = NEW.marks AND o.earned_on = NEW.earned_on
    ) THEN
        RAISE EXCEPTION 'a reversal undoes exactly one line' USING ERRCODE = '23514';
    END IF;
    LOOP
        SELECT id INTO NEW.alike_id FROM ledger_alike
            WHERE category = NEW.category AND kind = NEW.kind AND marks = NEW.marks;
        EXIT WHEN FOUND;
        INSERT INTO ledger_alike (category, kind, marks) VALUES (NEW.category, NEW.kind, NEW.marks)
            ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_alike_append_only BEFORE UPDATE OR DELETE ON ledger_alike
    FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
CREATE TRIGGER ledger_alike_no_truncate BEFORE TRUNCATE ON ledger_alike
    FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
"""
UNSTAMP = """
DROP TRIGGER ledger_alike_append_only ON ledger_alike;
DROP TRIGGER ledger_alike_no_truncate ON ledger_alike;
"""

TOUCH = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_touched (person_id, xid, at)
    SELECT DISTINCT touched.id, pg_current_xact_id()::text::bigint, clock_timestamp() FROM ({of}) AS touched (id);
    RETURN NULL;
END $$;
"""
SOURCES = {
    "ledger_touch": "SELECT person_id FROM moved",
    "ledger_touch_person_new": "SELECT id FROM moved",
    # Whoever changes a telephone number changes nothing that the law asks for.
    "ledger_touch_person": "SELECT m.id FROM moved m JOIN stood s USING (id) WHERE (m.region_id, m.sex, m.born_on,"
    " m.file_keeper) IS DISTINCT FROM (s.region_id, s.sex, s.born_on, s.file_keeper)",
    "ledger_touch_organisation": "SELECT e.person_id FROM moved m JOIN stood s USING (id)"
    " JOIN people_employment e ON e.employer_id = m.id WHERE m.level IS DISTINCT FROM s.level",
}
TRIGGERS = [
    ("ledger_hoursentry", "INSERT", "NEW TABLE AS moved", "ledger_touch"),
    ("people_fact", "INSERT", "NEW TABLE AS moved", "ledger_touch"),
    ("people_fact", "UPDATE", "NEW TABLE AS moved", "ledger_touch"),
    ("people_person", "INSERT", "NEW TABLE AS moved", "ledger_touch_person_new"),
    ("people_person", "UPDATE", "NEW TABLE AS moved OLD TABLE AS stood", "ledger_touch_person"),
    ("people_person", "DELETE", "OLD TABLE AS moved", "ledger_touch_person_new"),
    ("people_organisation", "UPDATE", "NEW TABLE AS moved OLD TABLE AS stood", "ledger_touch_organisation"),
    *[
        (table, event, f"{'OLD' if event == 'DELETE' else 'NEW'} TABLE AS moved", "ledger_touch")
        for table in ("people_title", "people_employment")
        for event in ("INSERT", "UPDATE", "DELETE")
    ],
]
SET_UP = "".join(TOUCH.format(name=name, of=of) for name, of in SOURCES.items()) + "".join(
    f"CREATE TRIGGER {table}_touched_{event.lower()} AFTER {event} ON {table}"
    f" REFERENCING {moved} FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
    for table, event, moved, name in TRIGGERS
)
TAKE_DOWN = "".join(f"DROP TRIGGER {t}_touched_{e.lower()} ON {t};\n" for t, e, _, _ in TRIGGERS) + "".join(
    f"DROP FUNCTION {name}();\n" for name in SOURCES
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_lines_that_are_alike"), ("people", "0003_facts_are_closed")]
    operations = [migrations.RunSQL(STAMP, UNSTAMP), migrations.RunSQL(SET_UP, TAKE_DOWN)]
