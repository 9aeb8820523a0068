"""Beginnings of up to twelve letters are words of the index: an index has no quick answer for `kettlebell:*`."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("exercises.migrations.0010_search_by_shelves")
INDEX = BEFORE.INDEX.replace("least(8, length(word))", "least(12, length(word))")


class Migration(migrations.Migration):

    dependencies = [
        ('exercises', '0011_facets_of_documents'),
    ]

    operations = [
        migrations.RunSQL(INDEX, BEFORE.INDEX),
        migrations.RunSQL(BEFORE.INDEX_AGAIN, migrations.RunSQL.noop),
    ]
