"""What a learner has saved is evidence: the database refuses to change or remove it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exams", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER exams_answerrevision_append_only BEFORE UPDATE OR DELETE ON exams_answerrevision
                FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
            CREATE TRIGGER exams_answerrevision_no_truncate BEFORE TRUNCATE ON exams_answerrevision
                FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
            """,
            """
            DROP TRIGGER exams_answerrevision_append_only ON exams_answerrevision;
            DROP TRIGGER exams_answerrevision_no_truncate ON exams_answerrevision;
            """,
        )
    ]
