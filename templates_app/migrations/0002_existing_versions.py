"""A template's current version, and the version that somebody trains by, are versions of that template."""

from django.db import migrations

REFERS = """
ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns})
    REFERENCES templates_app_templateversion (template_id, number) DEFERRABLE INITIALLY DEFERRED
"""
FORGETS = "ALTER TABLE {table} DROP CONSTRAINT {name}"
REFERENCES = (
    {"table": "templates_app_template", "name": "template_version_exists", "columns": "id, version"},
    {"table": "templates_app_enrolment", "name": "enrolment_version_exists", "columns": "template_id, version"},
)


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0001_initial")]

    operations = [
        migrations.RunSQL(REFERS.format(**reference), FORGETS.format(**reference)) for reference in REFERENCES
    ]
