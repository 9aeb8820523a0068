"""Where an exercise comes from, what it was merged into, and the version in each of its earlier states."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

NUMBER_EARLIER_VERSIONS = """
UPDATE exercises_exerciseevent e SET version = least(numbered.number, x.version)
FROM (SELECT pgh_id, row_number() OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS number
      FROM exercises_exerciseevent) numbered, exercises_exercise x
WHERE numbered.pgh_id = e.pgh_id AND x.id = e.pgh_obj_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exercises', '0002_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            name='attribution',
            field=models.JSONField(blank=True, help_text='where it comes from: author, license, license_url, source, url', null=True),
        ),
        migrations.AddField(
            model_name='exercise',
            name='merged_into',
            field=models.ForeignKey(blank=True, help_text='the same exercise under another name, which stands for this one since', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='exercise',
            name='submitted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='exerciseevent',
            name='attribution',
            field=models.JSONField(blank=True, help_text='where it comes from: author, license, license_url, source, url', null=True),
        ),
        migrations.AddField(
            model_name='exerciseevent',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='the same exercise under another name, which stands for this one since', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='exerciseevent',
            name='submitted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='exerciseevent',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='grows with each edit'),
        ),
        migrations.RunSQL(NUMBER_EARLIER_VERSIONS, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='count_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."aliases" IS DISTINCT FROM (NEW."aliases") OR OLD."attribution" IS DISTINCT FROM (NEW."attribution") OR OLD."bodyweight_share" IS DISTINCT FROM (NEW."bodyweight_share") OR OLD."contraindications" IS DISTINCT FROM (NEW."contraindications") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."difficulty" IS DISTINCT FROM (NEW."difficulty") OR OLD."equipment" IS DISTINCT FROM (NEW."equipment") OR OLD."force" IS DISTINCT FROM (NEW."force") OR OLD."form_profile" IS DISTINCT FROM (NEW."form_profile") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."instructions" IS DISTINCT FROM (NEW."instructions") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mechanic" IS DISTINCT FROM (NEW."mechanic") OR OLD."media" IS DISTINCT FROM (NEW."media") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."met" IS DISTINCT FROM (NEW."met") OR OLD."met_code" IS DISTINCT FROM (NEW."met_code") OR OLD."mistakes" IS DISTINCT FROM (NEW."mistakes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."per_hand" IS DISTINCT FROM (NEW."per_hand") OR OLD."primary_muscles" IS DISTINCT FROM (NEW."primary_muscles") OR OLD."secondary_muscles" IS DISTINCT FROM (NEW."secondary_muscles") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."tracking" IS DISTINCT FROM (NEW."tracking") OR OLD."unilateral" IS DISTINCT FROM (NEW."unilateral") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='5a2437a68a60bf6f09a6a1ea921e9f32ea4c9694', operation='UPDATE', pgid='pgtrigger_count_version_a37ab', table='exercises_exercise', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "exercises_exerciseevent" ("aliases", "attribution", "bodyweight_share", "catalogue_digest", "contraindications", "created_at", "deleted_at", "difficulty", "equipment", "force", "form_profile", "id", "instructions", "kind", "language", "mechanic", "media", "merged_into_id", "met", "met_code", "mistakes", "name", "owner_id", "pattern", "per_hand", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary_muscles", "secondary_muscles", "slug", "status", "submitted_at", "tracking", "unilateral", "version") VALUES (NEW."aliases", NEW."attribution", NEW."bodyweight_share", NEW."catalogue_digest", NEW."contraindications", NEW."created_at", NEW."deleted_at", NEW."difficulty", NEW."equipment", NEW."force", NEW."form_profile", NEW."id", NEW."instructions", NEW."kind", NEW."language", NEW."mechanic", NEW."media", NEW."merged_into_id", NEW."met", NEW."met_code", NEW."mistakes", NEW."name", NEW."owner_id", NEW."pattern", NEW."per_hand", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."primary_muscles", NEW."secondary_muscles", NEW."slug", NEW."status", NEW."submitted_at", NEW."tracking", NEW."unilateral", NEW."version"); RETURN NULL;', hash='f3d678e5ffa1f6b341a19fd9b6276bb409657ea1', operation='INSERT', pgid='pgtrigger_insert_insert_b70ac', table='exercises_exercise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exercise',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."aliases" IS DISTINCT FROM (NEW."aliases") OR OLD."attribution" IS DISTINCT FROM (NEW."attribution") OR OLD."bodyweight_share" IS DISTINCT FROM (NEW."bodyweight_share") OR OLD."catalogue_digest" IS DISTINCT FROM (NEW."catalogue_digest") OR OLD."contraindications" IS DISTINCT FROM (NEW."contraindications") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."difficulty" IS DISTINCT FROM (NEW."difficulty") OR OLD."equipment" IS DISTINCT FROM (NEW."equipment") OR OLD."force" IS DISTINCT FROM (NEW."force") OR OLD."form_profile" IS DISTINCT FROM (NEW."form_profile") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."instructions" IS DISTINCT FROM (NEW."instructions") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mechanic" IS DISTINCT FROM (NEW."mechanic") OR OLD."media" IS DISTINCT FROM (NEW."media") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."met" IS DISTINCT FROM (NEW."met") OR OLD."met_code" IS DISTINCT FROM (NEW."met_code") OR OLD."mistakes" IS DISTINCT FROM (NEW."mistakes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."per_hand" IS DISTINCT FROM (NEW."per_hand") OR OLD."primary_muscles" IS DISTINCT FROM (NEW."primary_muscles") OR OLD."secondary_muscles" IS DISTINCT FROM (NEW."secondary_muscles") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."tracking" IS DISTINCT FROM (NEW."tracking") OR OLD."unilateral" IS DISTINCT FROM (NEW."unilateral") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "exercises_exerciseevent" ("aliases", "attribution", "bodyweight_share", "catalogue_digest", "contraindications", "created_at", "deleted_at", "difficulty", "equipment", "force", "form_profile", "id", "instructions", "kind", "language", "mechanic", "media", "merged_into_id", "met", "met_code", "mistakes", "name", "owner_id", "pattern", "per_hand", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary_muscles", "secondary_muscles", "slug", "status", "submitted_at", "tracking", "unilateral", "version") VALUES (NEW."aliases", NEW."attribution", NEW."bodyweight_share", NEW."catalogue_digest", NEW."contraindications", NEW."created_at", NEW."deleted_at", NEW."difficulty", NEW."equipment", NEW."force", NEW."form_profile", NEW."id", NEW."instructions", NEW."kind", NEW."language", NEW."mechanic", NEW."media", NEW."merged_into_id", NEW."met", NEW."met_code", NEW."mistakes", NEW."name", NEW."owner_id", NEW."pattern", NEW."per_hand", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."primary_muscles", NEW."secondary_muscles", NEW."slug", NEW."status", NEW."submitted_at", NEW."tracking", NEW."unilateral", NEW."version"); RETURN NULL;', hash='ec33fe99423b4551d62a3c02bb3dbd0ee55d755f', operation='UPDATE', pgid='pgtrigger_update_update_2823c', table='exercises_exercise', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='exercise',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('status', 'archived'), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='exercise_merged_is_archived'),
        ),
    ]
