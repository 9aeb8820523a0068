"""What was said at each time, what people propose, what moderators decided; and names that are nearly the same."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import fitai.common.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

JOINED = """
CREATE FUNCTION exercises_joined(names text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    array_to_string(names, ' ');
COMMENT ON FUNCTION exercises_joined IS 'All names of a search document in one text, for its index.';
"""

# Whatever is said within one context of pghistory is one version.
BEING_SAID = """
CREATE FUNCTION exercises_is_being_said(exercise uuid, number integer) RETURNS boolean LANGUAGE sql STABLE RETURN
    EXISTS (
        SELECT FROM exercises_exerciseevent v WHERE v.pgh_obj_id = exercise AND v.version = number
            AND v.pgh_context_id = nullif(current_setting('pghistory.context_id', true), '')::uuid
    );
COMMENT ON FUNCTION exercises_is_being_said IS 'Whether this version was begun by who is writing now.';
"""

RECORD = """
CREATE FUNCTION exercises_record_editions(targets uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(targets) = 0 THEN RETURN; END IF;
    UPDATE exercises_exercise e SET version = e.version + 1
    WHERE e.id = ANY(targets) AND NOT exercises_is_being_said(e.id, e.version);
    INSERT INTO exercises_edition (exercise_id, version, translations, variations)
    SELECT e.id, e.version,
        COALESCE((
            SELECT jsonb_object_agg(t.language, jsonb_build_object(
                'name', t.name, 'aliases', t.aliases, 'instructions', t.instructions, 'mistakes', t.mistakes))
            FROM exercises_translation t WHERE t.exercise_id = e.id
        ), '{}'),
        COALESCE((
            SELECT jsonb_agg(jsonb_build_object('id', v.other_id, 'relation', v.relation) ORDER BY v.id)
            FROM exercises_variation v WHERE v.exercise_id = e.id
        ), '[]')
    FROM exercises_exercise e WHERE e.id = ANY(targets)
    ON CONFLICT (exercise_id, version) DO UPDATE
        SET translations = excluded.translations, variations = excluded.variations;
END $$;
COMMENT ON FUNCTION exercises_record_editions IS 'Write down what exercises say in other tables, as their next version.';
"""

# Before now nobody wrote down which version a translation was of: it counts as of the first.
FIRST_EDITIONS = """
INSERT INTO exercises_edition (exercise_id, version, translations, variations)
SELECT e.id, 1,
    COALESCE((
        SELECT jsonb_object_agg(t.language, jsonb_build_object(
            'name', t.name, 'aliases', t.aliases, 'instructions', t.instructions, 'mistakes', t.mistakes))
        FROM exercises_translation t WHERE t.exercise_id = e.id
    ), '{}'),
    COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', v.other_id, 'relation', v.relation) ORDER BY v.id)
        FROM exercises_variation v WHERE v.exercise_id = e.id
    ), '[]')
FROM exercises_exercise e;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exercises', '0005_ratings'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(JOINED, "DROP FUNCTION exercises_joined"),
        migrations.RunSQL(BEING_SAID, "DROP FUNCTION exercises_is_being_said(uuid, integer)"),
        migrations.RunSQL(RECORD, "DROP FUNCTION exercises_record_editions"),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=fitai.common.ids.uuid7, primary_key=True, serialize=False)),
                ('verdict', models.CharField(choices=[('approved', 'Approved'), ('rejected', 'Rejected'), ('edited', 'Edited'), ('reverted', 'Reverted'), ('merged', 'Merged'), ('archived', 'Archived'), ('restored', 'Restored')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('version', models.PositiveIntegerField(help_text='of the exercise, after it')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('translations', models.JSONField(default=dict, help_text='the texts by their language')),
                ('variations', models.JSONField(default=list, help_text='id and relation of each')),
            ],
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=fitai.common.ids.uuid7, primary_key=True, serialize=False)),
                ('base_version', models.PositiveIntegerField(help_text='of the exercise, when this was proposed last')),
                ('version', models.PositiveIntegerField(default=1, help_text='grows when its author adds to it')),
                ('changes', models.JSONField(help_text='the new value of each field')),
                ('before', models.JSONField(help_text='what its author saw in each of these fields')),
                ('note', models.CharField(blank=True, help_text="why, in the author's words", max_length=500)),
                ('status', models.CharField(choices=[('pending', 'Awaiting review'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='pending', max_length=10)),
                ('findings', models.JSONField(default=list)),
                ('reason', models.CharField(blank=True, help_text='of the decision', max_length=500)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('exercise', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='submission', serialize=False, to='exercises.exercise')),
                ('version', models.PositiveIntegerField(help_text='of the exercise that was looked at')),
                ('findings', models.JSONField(default=list)),
            ],
        ),
        migrations.AddIndex(
            model_name='exerciseevent',
            index=models.Index(fields=['pgh_obj', 'version', 'pgh_id'], name='exercise_event_version'),
        ),
        migrations.AddIndex(
            model_name='searchdocument',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.Func(models.F('names'), function='exercises_joined'), name='gin_trgm_ops'), name='document_names'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='forget_editions', sql=pgtrigger.compiler.UpsertTriggerSql(func='DELETE FROM exercises_edition WHERE exercise_id = OLD.id; RETURN NULL;', hash='e1b2900e7ed1318b97157b881555dcb94e535e8b', operation='DELETE', pgid='pgtrigger_forget_editions_caf11', table='exercises_exercise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='translation',
            trigger=pgtrigger.compiler.Trigger(name='record_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM (SELECT exercise_id FROM later) c)); RETURN NULL;', hash='bd4d83989f1bc8092b6757c843beaf6bd5e4f8ae', level='STATEMENT', operation='INSERT', pgid='pgtrigger_record_insert_c6228', referencing='REFERENCING NEW TABLE AS later ', table='exercises_translation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='translation',
            trigger=pgtrigger.compiler.Trigger(name='record_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM (SELECT exercise_id FROM earlier UNION SELECT exercise_id FROM later) c)); RETURN NULL;', hash='bf0acf078402fedcc09e4d4d756f6198620a2748', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_record_update_9cd61', referencing='REFERENCING OLD TABLE AS earlier  NEW TABLE AS later ', table='exercises_translation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='translation',
            trigger=pgtrigger.compiler.Trigger(name='record_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM (SELECT exercise_id FROM earlier) c)); RETURN NULL;', hash='6526c0c7701cd5ebac7cf6d5190558003e4179b7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_record_delete_888f1', referencing='REFERENCING OLD TABLE AS earlier ', table='exercises_translation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='variation',
            trigger=pgtrigger.compiler.Trigger(name='record_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM (SELECT exercise_id FROM later) c)); RETURN NULL;', hash='37e5dc5d8b0eaff4850d3af0be037d02954fe04d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_record_insert_e6fad', referencing='REFERENCING NEW TABLE AS later ', table='exercises_variation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='variation',
            trigger=pgtrigger.compiler.Trigger(name='record_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM (SELECT exercise_id FROM earlier UNION SELECT exercise_id FROM later) c)); RETURN NULL;', hash='d781d0b4df6b550840423050f7e94f92486d4cff', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_record_update_9cb87', referencing='REFERENCING OLD TABLE AS earlier  NEW TABLE AS later ', table='exercises_variation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='variation',
            trigger=pgtrigger.compiler.Trigger(name='record_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_record_editions(ARRAY(SELECT DISTINCT exercise_id FROM (SELECT exercise_id FROM earlier) c)); RETURN NULL;', hash='a8f459098cff6c6c826ffb950cf9d2bdfee6686a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_record_delete_28b46', referencing='REFERENCING OLD TABLE AS earlier ', table='exercises_variation', when='AFTER')),
        ),
        migrations.AddField(
            model_name='decision',
            name='exercise',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='decision',
            name='moderator',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='edition',
            name='exercise',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='editions', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='author',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='exercise_proposals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='decided_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='exercise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='decision',
            name='proposal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='exercises.proposal'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('exercise', 'version'), name='edition_version'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['author', 'id'], name='proposal_author'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['status', 'id'], name='proposal_status'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('author', 'exercise'), name='proposal_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'withdrawn'])), name='proposal_status_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status', 'pending')), models.Q(models.Q(('status', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='proposal_decided_at'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'rejected'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='proposal_rejected_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('changes', {}), _negated=True), name='proposal_changes_something'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['exercise', 'id'], name='decision_exercise'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['approved', 'rejected', 'edited', 'reverted', 'merged', 'archived', 'restored'])), name='decision_verdict_known'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'rejected'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='decision_rejected_with_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='keep_decision', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."exercise_id" IS DISTINCT FROM (NEW."exercise_id") OR OLD."verdict" IS DISTINCT FROM (NEW."verdict") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."at" IS DISTINCT FROM (NEW."at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2f5debb52c067a8af7473be6c64452215a1af2fe', operation='UPDATE', pgid='pgtrigger_keep_decision_f729d', table='exercises_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exercise',
            name='count_version',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='count_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."aliases" IS DISTINCT FROM (NEW."aliases") OR OLD."attribution" IS DISTINCT FROM (NEW."attribution") OR OLD."bodyweight_share" IS DISTINCT FROM (NEW."bodyweight_share") OR OLD."commonness" IS DISTINCT FROM (NEW."commonness") OR OLD."contraindications" IS DISTINCT FROM (NEW."contraindications") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."difficulty" IS DISTINCT FROM (NEW."difficulty") OR OLD."equipment" IS DISTINCT FROM (NEW."equipment") OR OLD."force" IS DISTINCT FROM (NEW."force") OR OLD."form_profile" IS DISTINCT FROM (NEW."form_profile") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."instructions" IS DISTINCT FROM (NEW."instructions") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mechanic" IS DISTINCT FROM (NEW."mechanic") OR OLD."media" IS DISTINCT FROM (NEW."media") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."met" IS DISTINCT FROM (NEW."met") OR OLD."met_code" IS DISTINCT FROM (NEW."met_code") OR OLD."mistakes" IS DISTINCT FROM (NEW."mistakes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."per_hand" IS DISTINCT FROM (NEW."per_hand") OR OLD."primary_muscles" IS DISTINCT FROM (NEW."primary_muscles") OR OLD."secondary_muscles" IS DISTINCT FROM (NEW."secondary_muscles") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."tracking" IS DISTINCT FROM (NEW."tracking") OR OLD."unilateral" IS DISTINCT FROM (NEW."unilateral") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='NEW.version = OLD.version + (NOT exercises_is_being_said(OLD.id, OLD.version))::int; NEW.updated_at = now(); RETURN NEW;', hash='d67ff7d6cb484c0ef078d729abe307dc883f7995', operation='UPDATE', pgid='pgtrigger_count_version_a37ab', table='exercises_exercise', when='BEFORE')),
        ),
        migrations.RunSQL(FIRST_EDITIONS, migrations.RunSQL.noop),
    ]
