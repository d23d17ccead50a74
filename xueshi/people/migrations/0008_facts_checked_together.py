"""One value for a word on a day, asked once for all rows of a statement instead of for each by a spatial index.

The index of ranges took four fifths of the time of writing a fact, and grew faster than the facts. What is refused
is the same, under the same name. Two writers of one person wait for each other, as the index made them.
"""

from django.db import migrations

TOGETHER = """
ALTER TABLE people_fact DROP CONSTRAINT one_value_of_a_word_on_a_day;
DROP TYPE people_wordrange;
CREATE UNIQUE INDEX one_value_begins_on_a_day ON people_fact (person_id, word, since) WHERE withdrawn_at IS NULL;
CREATE FUNCTION people_fact_alone() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off
AS $$
DECLARE
    other record;
BEGIN
    -- Row by row of what was added, by an index: a plan made for the first fact of all must also be good for the ten
    -- millionth, and nothing may walk through all facts.
    PERFORM 1 FROM (SELECT DISTINCT person_id FROM added ORDER BY person_id) n,
        LATERAL (SELECT id FROM people_person p WHERE p.id = n.person_id LIMIT 1 FOR NO KEY UPDATE) held;
    SELECT n.person_id, n.word, n.since, n.until INTO other
    FROM added n, LATERAL (
        SELECT 1 FROM people_fact f
        WHERE f.person_id = n.person_id AND f.word = n.word AND f.id <> n.id AND f.withdrawn_at IS NULL
            AND f.since < coalesce(n.until, 'infinity') AND n.since < coalesce(f.until, 'infinity')
        LIMIT 1
    ) against
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'conflicting facts violate constraint "one_value_of_a_word_on_a_day"'
            USING ERRCODE = '23P01', CONSTRAINT = 'one_value_of_a_word_on_a_day', TABLE = 'people_fact',
            DETAIL = format('person %s, %s, from %s until %s', other.person_id, other.word, other.since, other.until);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER people_fact_stands_alone AFTER INSERT ON people_fact
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION people_fact_alone();
"""
APART = """
DROP TRIGGER people_fact_stands_alone ON people_fact;
DROP FUNCTION people_fact_alone();
DROP INDEX one_value_begins_on_a_day;
CREATE TYPE people_wordrange AS RANGE (subtype = text, collation = "C");
ALTER TABLE people_fact ADD CONSTRAINT one_value_of_a_word_on_a_day EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&,
    people_wordrange(word::text, word::text, '[]') WITH &&,
    daterange(since, until, '[)') WITH &&
) WHERE (withdrawn_at IS NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_codes_and_knocks")]
    operations = [migrations.RunSQL(TOGETHER, APART)]
