"""What is not shared stands on a shelf of its own, so that a search of the others need not ask who may see what. New
words of the index are beginnings of up to twelve letters (it has no quick answer for `kettlebell:*`), muscle and equipment
together (`w=chest+barbell`), and whether one piece of equipment is all that is needed (`n=1`). The word `shared` stays: what
runs beside this migration asks for it."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("exercises.migrations.0010_search_by_shelves")
CHANGES = {
    "        WHEN commonness > 3 THEN 0\n": (
        "        WHEN deleted_at IS NOT NULL OR status <> 'approved' THEN 10\n        WHEN commonness > 3 THEN 0\n"
    ),
    "least(8, length(word))": "least(12, length(word))",
    "            || ARRAY['k=' || kind, 'd=' || difficulty]\n": (
        "            || ARRAY['k=' || kind, 'd=' || difficulty]\n"
        "            || ARRAY(SELECT 'w=' || m || '+' || e FROM unnest(primary_muscles) m, unnest(equipment) e)\n"
        "            || CASE WHEN cardinality(equipment) = 1 THEN ARRAY['n=1'] ELSE '{}' END\n"
    ),
}
INDEX = BEFORE.INDEX
for before, after in CHANGES.items():
    assert INDEX.count(before) == 1, before
    INDEX = INDEX.replace(before, after)
SHELF = """
CREATE TABLE IF NOT EXISTS exercises_searchdocument_10 PARTITION OF exercises_searchdocument FOR VALUES IN (10);
COMMENT ON TABLE exercises_searchdocument_10 IS 'What is not shared: only its owner finds it.';
"""
TAKE_AWAY = f"{BEFORE.INDEX}; DELETE FROM exercises_searchdocument WHERE shelf = 10; DROP TABLE exercises_searchdocument_10; {BEFORE.INDEX_AGAIN}"


class Migration(migrations.Migration):

    atomic = False  # or searches would wait until everything is indexed anew; what is done again does no harm

    dependencies = [
        ('exercises', '0011_facets_of_documents'),
    ]

    operations = [
        migrations.RunSQL(SHELF, TAKE_AWAY),
        migrations.RunSQL(INDEX, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE.INDEX_AGAIN, migrations.RunSQL.noop),
    ]
