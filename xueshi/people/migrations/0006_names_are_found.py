"""How each name is read; and an index by which a part of it, or the letters of its reading, is found.

`people_terms` gives the characters of a name, its syllables, and its initials from each syllable on (in capitals, so
that they are no syllables): what a list must look at is then few rows, and whether they match is asked of the columns.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from xueshi.people import pinyin

TERMS = r"""
CREATE FUNCTION people_terms(name text, pinyin text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 400 AS $$
DECLARE
    initials text := upper(regexp_replace(pinyin, '([^ |])[^ |]* ?', '\1', 'g'));
    later text[] := ARRAY[substr(initials, 2), substr(initials, 3), substr(initials, 4)];
BEGIN
    IF strpos(initials, '|') > 0 THEN  -- the same of each reading
        later := string_to_array(
            regexp_replace(initials, '(^|\|)[^|]', '\1', 'g')
            || '|' || regexp_replace(initials, '(^|\|)[^|]{2}', '\1', 'g')
            || '|' || regexp_replace(initials, '(^|\|)[^|]{3}', '\1', 'g'),
            '|'
        );
    END IF;
    RETURN array_to_tsvector(array_remove(
        string_to_array(lower(name), NULL)
        || string_to_array(translate(pinyin, '|', ' '), ' ')
        || string_to_array(initials, '|')
        || later,
        ''
    ));
END
$$;
CREATE INDEX people_found_by_terms ON people_person USING gin (people_terms(name, pinyin));
ALTER INDEX people_found_by_terms ALTER COLUMN 1 SET STATISTICS 500;
CREATE INDEX organisations_found_by_terms ON people_organisation USING gin (people_terms(name, ''));
"""
NO_TERMS = """
DROP INDEX organisations_found_by_terms;
DROP INDEX people_found_by_terms;
DROP FUNCTION people_terms(text, text);
"""
BLOCK = 2_000


def read(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Names that were written before."""
    person = apps.get_model("people", "Person")
    unread = person.objects.filter(pinyin="").order_by("pk")
    last = 0
    while block := list(unread.filter(pk__gt=last).only("pk", "name")[:BLOCK]):
        for one in block:
            one.pinyin = pinyin.of(one.name)
        person.objects.bulk_update(block, ["pinyin"])
        last = block[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_placements_and_steps"),
    ]

    operations = [
        # By bytes, so that the order of syllables is the same on every machine and a reading is a range of the index.
        migrations.AlterField(
            model_name="person",
            name="pinyin",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=240),
        ),
        migrations.RunPython(read, migrations.RunPython.noop),
        # Lists have nobody who was merged into another, so that an index alone can count them.
        migrations.RemoveIndex("person", "people_of_a_region_in_order"),
        migrations.RemoveIndex("person", "people_in_order"),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["region", "pinyin", "id"],
                condition=models.Q(merged_into=None),
                name="people_of_a_region_in_order",
            ),
        ),
        migrations.AddIndex(
            "person",
            models.Index(fields=["pinyin", "id"], condition=models.Q(merged_into=None), name="people_in_order"),
        ),
        migrations.RunSQL(TERMS, NO_TERMS),
    ]
