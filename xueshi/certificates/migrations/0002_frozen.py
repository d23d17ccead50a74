"""What a document certifies is frozen in the database itself."""

from django.db import migrations

GUARD = """
CREATE FUNCTION certificates_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.number, NEW.code, NEW.person_id, NEW.year, NEW.source, NEW.words, NEW.instrument,
        NEW.digest, NEW.seal, NEW.key_id, NEW.issued_at, NEW.replaces_id)
       IS DISTINCT FROM
       (OLD.kind, OLD.number, OLD.code, OLD.person_id, OLD.year, OLD.source, OLD.words, OLD.instrument,
        OLD.digest, OLD.seal, OLD.key_id, OLD.issued_at, OLD.replaces_id)
       OR (OLD.file_id IS NOT NULL AND NEW.file_id IS DISTINCT FROM OLD.file_id)
       OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_reason)
           IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_reason))
       OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
    THEN
        RAISE EXCEPTION 'an issued document is frozen' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificates_document_frozen BEFORE UPDATE ON certificates_document
    FOR EACH ROW EXECUTE FUNCTION certificates_document_frozen();
CREATE TRIGGER certificates_document_kept BEFORE DELETE ON certificates_document
    FOR EACH ROW EXECUTE FUNCTION xueshi_refuse_change();
CREATE TRIGGER certificates_document_no_truncate BEFORE TRUNCATE ON certificates_document
    FOR EACH STATEMENT EXECUTE FUNCTION xueshi_refuse_truncate();
"""
UNGUARD = """
DROP TRIGGER certificates_document_frozen ON certificates_document;
DROP TRIGGER certificates_document_kept ON certificates_document;
DROP TRIGGER certificates_document_no_truncate ON certificates_document;
DROP FUNCTION certificates_document_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
