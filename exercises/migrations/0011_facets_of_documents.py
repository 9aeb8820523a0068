"""Facets are counted from the search documents alone, and one index answers for their words and their steps."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Func

LABELS = """
CREATE FUNCTION exercises_labels(vector tsvector) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array(SELECT word FROM unnest(tsvector_to_array(vector)) word WHERE word ~ '^[mekd]=')
$$;
COMMENT ON FUNCTION exercises_labels IS 'What facets count: m=chest, e=barbell, k=strength, d=beginner.';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exercises', '0010_search_by_shelves'),
    ]

    operations = [
        migrations.RunSQL(LABELS, "DROP FUNCTION exercises_labels"),
        migrations.AddField(
            model_name='searchdocument',
            name='labels',
            field=models.GeneratedField(db_persist=True, expression=Func(F('vector'), function='exercises_labels'), help_text="those of the vector's labels that facets count", output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
        ),
        migrations.RemoveIndex(model_name='searchdocument', name='document_vector'),
        migrations.RemoveIndex(model_name='searchdocument', name='document_steps'),
        migrations.AddIndex(
            model_name='searchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector', 'steps'], name='document_words'),
        ),
    ]
