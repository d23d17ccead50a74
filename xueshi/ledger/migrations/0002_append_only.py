"""The ledger grows and never changes; the database keeps the time and checks reversals."""

from django.db import migrations

GUARD = """
CREATE FUNCTION ledger_hoursentry_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_hoursentry o
        WHERE o.id = NEW.reverses_id AND o.reverses_id IS NULL AND o.person_id = NEW.person_id
          AND o.year = NEW.year AND o.category = NEW.category AND o.hours = -NEW.hours
    ) THEN
        RAISE EXCEPTION 'a reversal undoes exactly one line' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_hoursentry_stamped BEFORE INSERT ON ledger_hoursentry
    FOR EACH ROW EXECUTE FUNCTION ledger_hoursentry_stamp();
CREATE TRIGGER ledger_hoursentry_append_only BEFORE UPDATE OR DELETE ON ledger_hoursentry
    FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
CREATE TRIGGER ledger_hoursentry_no_truncate BEFORE TRUNCATE ON ledger_hoursentry
    FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
"""
UNGUARD = """
DROP TRIGGER ledger_hoursentry_stamped ON ledger_hoursentry;
DROP TRIGGER ledger_hoursentry_append_only ON ledger_hoursentry;
DROP TRIGGER ledger_hoursentry_no_truncate ON ledger_hoursentry;
DROP FUNCTION ledger_hoursentry_stamp();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
