"""Search reads filters as words of the index, so that it finds as fast among many exercises as among few."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

INDEX = """
CREATE OR REPLACE FUNCTION exercises_index(target uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM exercises_exercise WHERE id = target) THEN
        RETURN;  -- a translation that comes before its exercise is indexed with it
    END IF;
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
        SELECT replace(array_to_string(primary_muscles || equipment || kind, ' '), '_', ' ')
                   || CASE WHEN 'smith' = ANY(equipment) THEN ' machine' ELSE '' END AS aimed,
               replace(array_to_string(secondary_muscles, ' '), '_', ' ') AS helping
        FROM exercise
    ), written AS (
        SELECT language, original, exercises_plain(name) AS name, instructions,
               ARRAY(SELECT exercises_plain(alias) FROM unnest(aliases) alias) AS aliases,
               exercises_configuration(language) AS configuration
        FROM said
    ), named AS (
        SELECT w.*, w.name || w.aliases || ARRAY(
            SELECT plain || ' ' || label FROM unnest(w.name || w.aliases) plain, gear WHERE strpos(plain, label) = 0
        ) AS names
        FROM written w
    ), labels AS (
        -- what filters ask for, who may see it, and how soon it is read of many that have the same words
        SELECT ARRAY(SELECT 'm=' || item FROM unnest(primary_muscles) item)
            || ARRAY(SELECT 'e=' || item FROM unnest(equipment) item)
            || ARRAY(SELECT 'x=' || item FROM unnest(contraindications) item)
            || ARRAY['k=' || kind, 'd=' || difficulty]
            || CASE WHEN deleted_at IS NULL AND status = 'approved' THEN ARRAY['shared'] ELSE '{}' END
            || CASE WHEN deleted_at IS NULL AND owner_id IS NOT NULL THEN ARRAY['o=' || owner_id] ELSE '{}' END AS facts,
               commonness
        FROM exercise
    )
    INSERT INTO exercises_searchdocument (exercise_id, language, original, names, vector, steps)
    SELECT target, w.language, w.original, w.names,
        setweight(to_tsvector(configuration, w.name) || to_tsvector('simple', w.name), 'A')
        || setweight(to_tsvector(configuration, array_to_string(w.aliases, ' . '))
                     || to_tsvector('simple', array_to_string(w.aliases, ' . ')), 'B')
        || setweight(to_tsvector('simple', aimed) || to_tsvector('exercises_english', aimed), 'C')
        || setweight(to_tsvector('simple', helping) || to_tsvector('exercises_english', helping), 'D')
        || array_to_tsvector(
            l.facts
            || ARRAY['l=' || w.language]
            || CASE WHEN w.original THEN ARRAY['original'] ELSE '{}' END
            || CASE
                WHEN l.commonness > 3 THEN ARRAY['first=']
                WHEN l.commonness > 1 OR cardinality(string_to_array(w.name, ' ')) < 4 THEN ARRAY['second=']
                ELSE '{}'
            END
            || ARRAY(
                SELECT DISTINCT 'qq' || left(word, size)
                FROM unnest(string_to_array(array_to_string(w.name || w.aliases || aimed, ' '), ' ')) word,
                    generate_series(1, least(8, length(word))) size
            )
        ),
        to_tsvector(configuration, exercises_plain(array_to_string(w.instructions, ' ')))
    FROM named w, shown, labels l
    ON CONFLICT (exercise_id, language) DO UPDATE
        SET original = excluded.original, names = excluded.names, vector = excluded.vector,
            steps = excluded.steps;

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
"""
INDEX_AGAIN = "SELECT count(exercises_index(id)) FROM exercises_exercise"


class Migration(migrations.Migration):

    dependencies = [
        ('exercises', '0003_library_grows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='exercise',
            name='index_exercise',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exercise',
            name='count_version',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exercise',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exercise',
            name='update_update',
        ),
        migrations.AddField(
            model_name='exercise',
            name='commonness',
            field=models.PositiveSmallIntegerField(default=0, help_text='how many train it: 5 nearly everybody, 1 few, 0 unknown'),
        ),
        migrations.AddField(
            model_name='exerciseevent',
            name='commonness',
            field=models.PositiveSmallIntegerField(default=0, help_text='how many train it: 5 nearly everybody, 1 few, 0 unknown'),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='steps',
            field=django.contrib.postgres.search.SearchVectorField(default='', help_text='words of the instructions'),
        ),
        migrations.AlterField(
            model_name='searchdocument',
            name='vector',
            field=django.contrib.postgres.search.SearchVectorField(help_text='words, and as `m=chest` what filters ask for'),
        ),
        migrations.AddIndex(
            model_name='searchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['steps'], name='document_steps'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='index_exercise', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_index(NEW.id); RETURN NULL;', hash='e0357cfb52e99abee3d037d8c7c0fbae44e201ec', operation='INSERT OR UPDATE OF "name", "aliases", "instructions", "language", "primary_muscles", "secondary_muscles", "equipment", "kind", "difficulty", "contraindications", "commonness", "owner_id", "status", "deleted_at"', pgid='pgtrigger_index_exercise_37c51', table='exercises_exercise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='count_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."aliases" IS DISTINCT FROM (NEW."aliases") OR OLD."attribution" IS DISTINCT FROM (NEW."attribution") OR OLD."bodyweight_share" IS DISTINCT FROM (NEW."bodyweight_share") OR OLD."commonness" IS DISTINCT FROM (NEW."commonness") OR OLD."contraindications" IS DISTINCT FROM (NEW."contraindications") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."difficulty" IS DISTINCT FROM (NEW."difficulty") OR OLD."equipment" IS DISTINCT FROM (NEW."equipment") OR OLD."force" IS DISTINCT FROM (NEW."force") OR OLD."form_profile" IS DISTINCT FROM (NEW."form_profile") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."instructions" IS DISTINCT FROM (NEW."instructions") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mechanic" IS DISTINCT FROM (NEW."mechanic") OR OLD."media" IS DISTINCT FROM (NEW."media") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."met" IS DISTINCT FROM (NEW."met") OR OLD."met_code" IS DISTINCT FROM (NEW."met_code") OR OLD."mistakes" IS DISTINCT FROM (NEW."mistakes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."per_hand" IS DISTINCT FROM (NEW."per_hand") OR OLD."primary_muscles" IS DISTINCT FROM (NEW."primary_muscles") OR OLD."secondary_muscles" IS DISTINCT FROM (NEW."secondary_muscles") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."tracking" IS DISTINCT FROM (NEW."tracking") OR OLD."unilateral" IS DISTINCT FROM (NEW."unilateral") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='fcd9f25ee9f11c1d13ad7b989e333e97612a1a7f', operation='UPDATE', pgid='pgtrigger_count_version_a37ab', table='exercises_exercise', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "exercises_exerciseevent" ("aliases", "attribution", "bodyweight_share", "catalogue_digest", "commonness", "contraindications", "created_at", "deleted_at", "difficulty", "equipment", "force", "form_profile", "id", "instructions", "kind", "language", "mechanic", "media", "merged_into_id", "met", "met_code", "mistakes", "name", "owner_id", "pattern", "per_hand", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary_muscles", "secondary_muscles", "slug", "status", "submitted_at", "tracking", "unilateral", "version") VALUES (NEW."aliases", NEW."attribution", NEW."bodyweight_share", NEW."catalogue_digest", NEW."commonness", NEW."contraindications", NEW."created_at", NEW."deleted_at", NEW."difficulty", NEW."equipment", NEW."force", NEW."form_profile", NEW."id", NEW."instructions", NEW."kind", NEW."language", NEW."mechanic", NEW."media", NEW."merged_into_id", NEW."met", NEW."met_code", NEW."mistakes", NEW."name", NEW."owner_id", NEW."pattern", NEW."per_hand", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."primary_muscles", NEW."secondary_muscles", NEW."slug", NEW."status", NEW."submitted_at", NEW."tracking", NEW."unilateral", NEW."version"); RETURN NULL;', hash='a16bc26e939d34a511d9bd935d5ee826e92688e1', operation='INSERT', pgid='pgtrigger_insert_insert_b70ac', table='exercises_exercise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."aliases" IS DISTINCT FROM (NEW."aliases") OR OLD."attribution" IS DISTINCT FROM (NEW."attribution") OR OLD."bodyweight_share" IS DISTINCT FROM (NEW."bodyweight_share") OR OLD."catalogue_digest" IS DISTINCT FROM (NEW."catalogue_digest") OR OLD."commonness" IS DISTINCT FROM (NEW."commonness") OR OLD."contraindications" IS DISTINCT FROM (NEW."contraindications") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."difficulty" IS DISTINCT FROM (NEW."difficulty") OR OLD."equipment" IS DISTINCT FROM (NEW."equipment") OR OLD."force" IS DISTINCT FROM (NEW."force") OR OLD."form_profile" IS DISTINCT FROM (NEW."form_profile") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."instructions" IS DISTINCT FROM (NEW."instructions") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mechanic" IS DISTINCT FROM (NEW."mechanic") OR OLD."media" IS DISTINCT FROM (NEW."media") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."met" IS DISTINCT FROM (NEW."met") OR OLD."met_code" IS DISTINCT FROM (NEW."met_code") OR OLD."mistakes" IS DISTINCT FROM (NEW."mistakes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."per_hand" IS DISTINCT FROM (NEW."per_hand") OR OLD."primary_muscles" IS DISTINCT FROM (NEW."primary_muscles") OR OLD."secondary_muscles" IS DISTINCT FROM (NEW."secondary_muscles") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."tracking" IS DISTINCT FROM (NEW."tracking") OR OLD."unilateral" IS DISTINCT FROM (NEW."unilateral") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "exercises_exerciseevent" ("aliases", "attribution", "bodyweight_share", "catalogue_digest", "commonness", "contraindications", "created_at", "deleted_at", "difficulty", "equipment", "force", "form_profile", "id", "instructions", "kind", "language", "mechanic", "media", "merged_into_id", "met", "met_code", "mistakes", "name", "owner_id", "pattern", "per_hand", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary_muscles", "secondary_muscles", "slug", "status", "submitted_at", "tracking", "unilateral", "version") VALUES (NEW."aliases", NEW."attribution", NEW."bodyweight_share", NEW."catalogue_digest", NEW."commonness", NEW."contraindications", NEW."created_at", NEW."deleted_at", NEW."difficulty", NEW."equipment", NEW."force", NEW."form_profile", NEW."id", NEW."instructions", NEW."kind", NEW."language", NEW."mechanic", NEW."media", NEW."merged_into_id", NEW."met", NEW."met_code", NEW."mistakes", NEW."name", NEW."owner_id", NEW."pattern", NEW."per_hand", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."primary_muscles", NEW."secondary_muscles", NEW."slug", NEW."status", NEW."submitted_at", NEW."tracking", NEW."unilateral", NEW."version"); RETURN NULL;', hash='51574ae04a0bfaaa75026edccfa08b8940c04a50', operation='UPDATE', pgid='pgtrigger_update_update_2823c', table='exercises_exercise', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='exercise',
            constraint=models.CheckConstraint(condition=models.Q(('commonness__lte', 5)), name='exercise_commonness'),
        ),
        migrations.RunSQL(INDEX, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX_AGAIN, migrations.RunSQL.noop),
    ]
