"""A fact is recorded and withdrawn, never edited; the database keeps the time and one value for a word on a day."""

from django.db import migrations

# An exclusion by equality would need an extension; a range of one text does the same without.
GUARD = """
CREATE TYPE people_wordrange AS RANGE (subtype = text, collation = "C");
ALTER TABLE people_fact ADD CONSTRAINT one_value_of_a_word_on_a_day EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&,
    people_wordrange(word::text, word::text, '[]') WITH &&,
    daterange(since, until, '[)') WITH &&
) WHERE (withdrawn_at IS NULL);
CREATE FUNCTION people_fact_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.recorded_at := clock_timestamp();
        NEW.withdrawn_at := NULL;
        RETURN NEW;
    END IF;
    IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
        OR (NEW.id, NEW.person_id, NEW.word, NEW.kind, NEW.value, NEW.since, NEW.recorded_at, NEW.reason)
           IS DISTINCT FROM
           (OLD.id, OLD.person_id, OLD.word, OLD.kind, OLD.value, OLD.since, OLD.recorded_at, OLD.reason)
        OR (NEW.until, NEW.recorded_by_id, NEW.organisation_id)
           IS DISTINCT FROM (OLD.until, OLD.recorded_by_id, OLD.organisation_id)
    THEN
        RAISE EXCEPTION 'a fact is withdrawn once, and never edited' USING ERRCODE = '23001';
    END IF;
    NEW.withdrawn_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER people_fact_stamped BEFORE INSERT OR UPDATE ON people_fact
    FOR EACH ROW EXECUTE FUNCTION people_fact_stamp();
CREATE TRIGGER people_fact_append_only BEFORE DELETE ON people_fact
    FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
CREATE TRIGGER people_fact_no_truncate BEFORE TRUNCATE ON people_fact
    FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
"""
UNGUARD = """
DROP TRIGGER people_fact_stamped ON people_fact;
DROP TRIGGER people_fact_append_only ON people_fact;
DROP TRIGGER people_fact_no_truncate ON people_fact;
DROP FUNCTION people_fact_stamp();
ALTER TABLE people_fact DROP CONSTRAINT one_value_of_a_word_on_a_day;
DROP TYPE people_wordrange;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_facts_of_the_law"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
