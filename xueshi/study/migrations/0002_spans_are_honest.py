"""Closed spans are never changed, say the same thing twice, and credit no more than their length."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("study", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE study_watchspan
                ADD CONSTRAINT a_span_credits_at_most_its_length
                    CHECK (credited_ms <= upper(packed) - lower(packed)),
                ADD CONSTRAINT a_span_is_packed_honestly
                    CHECK (packed = numrange(
                        person_id * 10000000000000 + floor(extract(epoch FROM started_at) * 1000),
                        person_id * 10000000000000 + floor(extract(epoch FROM ended_at) * 1000)));
            """,
            """
            ALTER TABLE study_watchspan
                DROP CONSTRAINT a_span_credits_at_most_its_length,
                DROP CONSTRAINT a_span_is_packed_honestly;
            """,
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER study_watchspan_append_only BEFORE UPDATE OR DELETE ON study_watchspan
                FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
            CREATE TRIGGER study_watchspan_no_truncate BEFORE TRUNCATE ON study_watchspan
                FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
            """,
            """
            DROP TRIGGER study_watchspan_append_only ON study_watchspan;
            DROP TRIGGER study_watchspan_no_truncate ON study_watchspan;
            """,
        ),
    ]
