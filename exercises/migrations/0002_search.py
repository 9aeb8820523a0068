"""How texts become search documents: dictionaries without stop words ("pull up" is not "pull"), and the indexer."""

from django.db import migrations

DICTIONARIES = """
CREATE TEXT SEARCH DICTIONARY exercises_{language}_stem (TEMPLATE = snowball, LANGUAGE = {language});
CREATE TEXT SEARCH CONFIGURATION exercises_{language} (COPY = pg_catalog.{language});
ALTER TEXT SEARCH CONFIGURATION exercises_{language}
    ALTER MAPPING REPLACE {language}_stem WITH exercises_{language}_stem;
"""
NO_DICTIONARIES = """
DROP TEXT SEARCH CONFIGURATION exercises_{language};
DROP TEXT SEARCH DICTIONARY exercises_{language}_stem;
"""

PLAIN = """
CREATE FUNCTION exercises_plain(input text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN
    btrim(regexp_replace(lower(unaccent(translate(input, '''’`', ''))), '[[:space:][:punct:]]+', ' ', 'g'));
COMMENT ON FUNCTION exercises_plain IS 'A name in lower case, without accents and punctuation.';
"""

CONFIGURATION = """
CREATE FUNCTION exercises_configuration(language text) RETURNS regconfig LANGUAGE sql STABLE PARALLEL SAFE RETURN
    CASE language
        WHEN 'en' THEN 'exercises_english' WHEN 'de' THEN 'exercises_german' WHEN 'es' THEN 'exercises_spanish'
        ELSE 'simple'
    END::regconfig;
COMMENT ON FUNCTION exercises_configuration IS 'The text search configuration that stems this language.';
"""

INDEX = """
CREATE FUNCTION exercises_index(target uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH exercise AS (
        SELECT * FROM exercises_exercise WHERE id = target
    ), said AS (
        SELECT language, true AS original, name, aliases, instructions FROM exercise
        UNION ALL
        SELECT t.language, false, t.name, t.aliases, t.instructions
        FROM exercises_translation t JOIN exercise e ON t.exercise_id = e.id AND t.language <> e.language
    ), gear AS (
        -- other apps write the equipment behind the name: "Squat (Barbell)"
        SELECT CASE item WHEN 'smith' THEN 'smith machine' WHEN 'weighted_bodyweight' THEN 'weighted'
                         ELSE replace(item, '_', ' ') END AS label
        FROM exercise, unnest(equipment) item
        WHERE item NOT IN ('bench', 'rack', 'box', 'pull_up_bar', 'dip_bars')
    ), shown AS (
        SELECT replace(array_to_string(primary_muscles || equipment, ' '), '_', ' ') AS aimed,
               replace(array_to_string(secondary_muscles, ' '), '_', ' ') AS helping
        FROM exercise
    ), written AS (
        SELECT language, original, exercises_plain(name) AS name, instructions,
               ARRAY(SELECT exercises_plain(alias) FROM unnest(aliases) alias) AS aliases,
               exercises_configuration(language) AS configuration
        FROM said
    )
    INSERT INTO exercises_searchdocument (exercise_id, language, original, names, vector)
    SELECT target, w.language, w.original,
        w.name || w.aliases || ARRAY(
            SELECT plain || ' ' || label FROM unnest(w.name || w.aliases) plain, gear WHERE strpos(plain, label) = 0
        ),
        setweight(to_tsvector(configuration, w.name) || to_tsvector('simple', w.name), 'A')
        || setweight(to_tsvector(configuration, array_to_string(w.aliases, ' . '))
                     || to_tsvector('simple', array_to_string(w.aliases, ' . ')), 'B')
        || setweight(to_tsvector('simple', aimed) || to_tsvector('exercises_english', aimed), 'C')
        || setweight(to_tsvector('simple', helping) || to_tsvector('exercises_english', helping)
                     || to_tsvector(configuration, exercises_plain(array_to_string(w.instructions, ' '))), 'D')
    FROM written w, shown
    ON CONFLICT (exercise_id, language) DO UPDATE
        SET original = excluded.original, names = excluded.names, vector = excluded.vector;

    DELETE FROM exercises_searchdocument d
    WHERE d.exercise_id = target
      AND d.language NOT IN (SELECT language FROM exercises_exercise WHERE id = target
                             UNION ALL SELECT language FROM exercises_translation WHERE exercise_id = target);

    WITH plain AS (
        SELECT string_to_array(exercises_plain(said.name), ' ') AS words
        FROM exercises_exercise e
        CROSS JOIN LATERAL (
            SELECT unnest(e.name || e.aliases) AS name
            UNION ALL SELECT unnest(t.name || t.aliases) FROM exercises_translation t WHERE t.exercise_id = e.id
        ) said
        WHERE e.id = target AND e.status = 'approved' AND e.deleted_at IS NULL
    ), found AS (
        SELECT words[i] AS word, words[i] AS spelled FROM plain, generate_subscripts(words, 1) i
        UNION
        SELECT words[i] || words[i + 1], words[i] || ' ' || words[i + 1]
        FROM plain, generate_series(1, cardinality(words) - 1) i
    )
    INSERT INTO exercises_word (word, spelled, letters)
    SELECT DISTINCT ON (word) word, spelled, (SELECT string_agg(c, '' ORDER BY c) FROM regexp_split_to_table(word, '') c)
    FROM found WHERE length(word) BETWEEN 3 AND 60 AND word !~ '^[0-9]+$'
    ORDER BY word, length(spelled)
    ON CONFLICT (word) DO NOTHING;
END $$;
COMMENT ON FUNCTION exercises_index IS 'Write the search documents of an exercise, and the words of its names.';
"""


class Migration(migrations.Migration):
    dependencies = [("exercises", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL(DICTIONARIES.format(language=language), NO_DICTIONARIES.format(language=language))
            for language in ("english", "german", "spanish")
        ),
        migrations.RunSQL(PLAIN, "DROP FUNCTION exercises_plain"),
        migrations.RunSQL(CONFIGURATION, "DROP FUNCTION exercises_configuration"),
        migrations.RunSQL(INDEX, "DROP FUNCTION exercises_index"),
    ]
