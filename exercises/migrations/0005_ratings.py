"""Uses of exercises, what is counted of them, ratings, and logged searches."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


RATE = """
CREATE FUNCTION exercises_rate(targets uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    said record;
BEGIN
    -- In order, so that no two wait for each other; what is read after it has all ratings that came before.
    PERFORM FROM exercises_exercise WHERE id = ANY(targets) ORDER BY id FOR NO KEY UPDATE;
    FOR said IN
        SELECT e.id, given.number, given.rating
        FROM exercises_exercise e CROSS JOIN LATERAL (
            SELECT count(*) AS number, CASE WHEN count(*) > 0 THEN
                round((5 * 3.5 + sum(weight * stars)) / (5 + sum(weight)), 2) END AS rating
            FROM exercises_rating r WHERE r.exercise_id = e.id
        ) given
        WHERE e.id = ANY(targets) AND (e.rating_count, e.rating) IS DISTINCT FROM (given.number, given.rating)
        ORDER BY e.id
    LOOP
        UPDATE exercises_exercise SET rating = said.rating, rating_count = said.number WHERE id = said.id;
    END LOOP;
END $$;
COMMENT ON FUNCTION exercises_rate IS
    'Work out rating and rating_count of these exercises: the prior is worth 5 ratings of 3.5 stars.';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exercises', '0004_search_by_labels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LoggedSearch',
            fields=[
                ('search_id', models.UUIDField(help_text='as the answer names it', primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'Deutsch'), ('es', 'Español')], max_length=10)),
                ('query', models.CharField(blank=True, help_text='in plain words; nothing where all was listed', max_length=200)),
                ('found', models.PositiveIntegerField(help_text='up to 1,000')),
                ('sort', models.CharField(max_length=20)),
                ('filtered', models.BooleanField(help_text='whether any filter was set')),
                ('opened', models.BooleanField(default=False, help_text='whether a result was opened')),
                ('added', models.BooleanField(default=False, help_text='whether a result was put into a workout')),
            ],
            options={
                'verbose_name': 'search',
                'verbose_name_plural': 'searches',
            },
        ),
        migrations.CreateModel(
            name='Popularity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window', models.CharField(choices=[('7d', '7 days'), ('30d', '30 days'), ('all', 'All time')], db_column='period', max_length=3)),
                ('people', models.PositiveIntegerField()),
                ('workouts', models.PositiveIntegerField()),
                ('sets', models.PositiveIntegerField()),
                ('score', models.FloatField(help_text='its workouts, each worth half as much every 30 days')),
                ('place', models.PositiveIntegerField(help_text='in the window: 1 is the most popular')),
            ],
            options={
                'verbose_name_plural': 'popularities',
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField()),
                ('comment', models.TextField(blank=True)),
                ('weight', models.DecimalField(decimal_places=2, help_text='1 of somebody who has trained it', max_digits=3)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Trained',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workouts', models.PositiveIntegerField()),
                ('sets', models.PositiveIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='UsageTotals',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('counted_at', models.DateTimeField()),
                ('people', models.PositiveBigIntegerField(help_text='who have trained any exercise')),
                ('workouts', models.PositiveBigIntegerField()),
                ('sets', models.PositiveBigIntegerField()),
                ('ratings', models.PositiveBigIntegerField()),
                ('rated', models.PositiveBigIntegerField(help_text='exercises that have a rating')),
            ],
            options={
                'verbose_name_plural': 'usage totals',
            },
        ),
        migrations.CreateModel(
            name='Use',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workout_id', models.UUIDField()),
                ('sets', models.PositiveIntegerField()),
                ('at', models.DateTimeField(help_text='when the workout began')),
            ],
        ),
        migrations.CreateModel(
            name='UsedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('workouts', models.PositiveIntegerField()),
                ('sets', models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name='exercise',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['pattern'], name='exercise_pattern'),
        ),
        migrations.AddIndex(
            model_name='loggedsearch',
            index=models.Index(fields=['at'], name='search_at'),
        ),
        migrations.AddConstraint(
            model_name='loggedsearch',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'de', 'es'])), name='search_language_known'),
        ),
        migrations.AddField(
            model_name='popularity',
            name='exercise',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='popularity', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='rating',
            name='exercise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='rating',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trained',
            name='exercise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trained', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='trained',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='usagetotals',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='usage_totals_is_one'),
        ),
        migrations.AddField(
            model_name='use',
            name='exercise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='exercises.exercise'),
        ),
        migrations.AddField(
            model_name='use',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='usedday',
            name='exercise',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exercises.exercise'),
        ),
        migrations.AddConstraint(
            model_name='popularity',
            constraint=models.UniqueConstraint(fields=('exercise', 'window'), name='popularity_once'),
        ),
        migrations.AddConstraint(
            model_name='popularity',
            constraint=models.UniqueConstraint(fields=('window', 'place'), name='popularity_place'),
        ),
        migrations.AddConstraint(
            model_name='popularity',
            constraint=models.CheckConstraint(condition=models.Q(('window__in', ['7d', '30d', 'all'])), name='popularity_window_known'),
        ),
        migrations.AddIndex(
            model_name='rating',
            index=models.Index(condition=models.Q(('weight', Decimal('0.05'))), fields=['user'], name='rating_light'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(fields=('user', 'exercise'), name='rating_once'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='rating_stars'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gt', 0), ('weight__lte', 1)), name='rating_weight'),
        ),
        migrations.RunSQL(RATE, "DROP FUNCTION exercises_rate"),
        pgtrigger.migrations.AddTrigger(
            model_name='rating',
            trigger=pgtrigger.compiler.Trigger(name='rate_more', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_rate(ARRAY(SELECT exercise_id FROM there)); RETURN NULL;', hash='7e9bbe55c6a2815d003775dcceeb89d60c7f85a7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_rate_more_a8bd3', referencing='REFERENCING NEW TABLE AS there ', table='exercises_rating', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rating',
            trigger=pgtrigger.compiler.Trigger(name='rate_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_rate(ARRAY(SELECT exercise_id FROM was UNION SELECT exercise_id FROM there)); RETURN NULL;', hash='f2c7e8f90d27fa2cd74526da990e3341e42a20d1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_rate_changed_51ef1', referencing='REFERENCING OLD TABLE AS was  NEW TABLE AS there ', table='exercises_rating', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rating',
            trigger=pgtrigger.compiler.Trigger(name='rate_fewer', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM exercises_rate(ARRAY(SELECT exercise_id FROM was)); RETURN NULL;', hash='c7da3fd56b50979953687d911b5ddf114195b0af', level='STATEMENT', operation='DELETE', pgid='pgtrigger_rate_fewer_8d467', referencing='REFERENCING OLD TABLE AS was ', table='exercises_rating', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='trained',
            constraint=models.UniqueConstraint(fields=('user', 'exercise'), name='trained_once'),
        ),
        migrations.AddConstraint(
            model_name='trained',
            constraint=models.CheckConstraint(condition=models.Q(('last_at__gte', models.F('first_at')), ('sets__gte', models.F('workouts')), ('workouts__gte', 1)), name='trained_adds_up'),
        ),
        migrations.AddIndex(
            model_name='use',
            index=models.Index(fields=['user', 'exercise', 'at'], include=('sets',), name='use_trained'),
        ),
        migrations.AddIndex(
            model_name='use',
            index=models.Index(fields=['at'], include=('exercise', 'user', 'sets'), name='use_recent'),
        ),
        migrations.AddConstraint(
            model_name='use',
            constraint=models.UniqueConstraint(fields=('workout_id', 'exercise'), name='use_once'),
        ),
        migrations.AddConstraint(
            model_name='use',
            constraint=models.CheckConstraint(condition=models.Q(('sets__gte', 1)), name='use_sets'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='use',
            trigger=pgtrigger.compiler.Trigger(name='count_more', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NOT EXISTS (SELECT *, 1 AS sign FROM there) THEN RETURN NULL; END IF;\nPERFORM pg_advisory_xact_lock(hashtext('exercises_use'));\n\nINSERT INTO exercises_usedday (exercise_id, day, workouts, sets)\nSELECT DISTINCT exercise_id, (at AT TIME ZONE 'UTC')::date, 0, 0 FROM there ON CONFLICT DO NOTHING;\n\nUPDATE exercises_usedday kept SET workouts = kept.workouts + said.workouts, sets = kept.sets + said.sets\nFROM (SELECT exercise_id, (at AT TIME ZONE 'UTC')::date AS day, sum(sign) AS workouts, sum(sign * sets) AS sets\n      FROM (SELECT *, 1 AS sign FROM there) changed GROUP BY 1, 2) said\nWHERE kept.exercise_id = said.exercise_id AND kept.day = said.day;\nDELETE FROM exercises_usedday kept USING (SELECT *, 1 AS sign FROM there) changed\nWHERE kept.workouts = 0 AND kept.exercise_id = changed.exercise_id\n  AND kept.day = (changed.at AT TIME ZONE 'UTC')::date;\nDELETE FROM exercises_trained kept USING (SELECT *, 1 AS sign FROM there) changed\nWHERE kept.user_id = changed.user_id AND kept.exercise_id = changed.exercise_id AND NOT EXISTS (\n    SELECT FROM exercises_use u WHERE u.user_id = kept.user_id AND u.exercise_id = kept.exercise_id);\nINSERT INTO exercises_trained (user_id, exercise_id, workouts, sets, first_at, last_at)\nSELECT u.user_id, u.exercise_id, count(*), sum(u.sets), min(u.at), max(u.at)\nFROM exercises_use u JOIN (SELECT DISTINCT user_id, exercise_id FROM (SELECT *, 1 AS sign FROM there) changed) said\n  ON said.user_id = u.user_id AND said.exercise_id = u.exercise_id\nGROUP BY 1, 2\nON CONFLICT (user_id, exercise_id) DO UPDATE SET workouts = EXCLUDED.workouts, sets = EXCLUDED.sets,\n  first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at;\nRETURN NULL;\n", hash='dee56b67423a236ceb3040e49bd0716d7abad624', level='STATEMENT', operation='INSERT', pgid='pgtrigger_count_more_d8188', referencing='REFERENCING NEW TABLE AS there ', table='exercises_use', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='use',
            trigger=pgtrigger.compiler.Trigger(name='count_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NOT EXISTS (SELECT *, -1 AS sign FROM was UNION ALL SELECT *, 1 AS sign FROM there) THEN RETURN NULL; END IF;\nPERFORM pg_advisory_xact_lock(hashtext('exercises_use'));\n\nINSERT INTO exercises_usedday (exercise_id, day, workouts, sets)\nSELECT DISTINCT exercise_id, (at AT TIME ZONE 'UTC')::date, 0, 0 FROM there ON CONFLICT DO NOTHING;\n\nUPDATE exercises_usedday kept SET workouts = kept.workouts + said.workouts, sets = kept.sets + said.sets\nFROM (SELECT exercise_id, (at AT TIME ZONE 'UTC')::date AS day, sum(sign) AS workouts, sum(sign * sets) AS sets\n      FROM (SELECT *, -1 AS sign FROM was UNION ALL SELECT *, 1 AS sign FROM there) changed GROUP BY 1, 2) said\nWHERE kept.exercise_id = said.exercise_id AND kept.day = said.day;\nDELETE FROM exercises_usedday kept USING (SELECT *, -1 AS sign FROM was UNION ALL SELECT *, 1 AS sign FROM there) changed\nWHERE kept.workouts = 0 AND kept.exercise_id = changed.exercise_id\n  AND kept.day = (changed.at AT TIME ZONE 'UTC')::date;\nDELETE FROM exercises_trained kept USING (SELECT *, -1 AS sign FROM was UNION ALL SELECT *, 1 AS sign FROM there) changed\nWHERE kept.user_id = changed.user_id AND kept.exercise_id = changed.exercise_id AND NOT EXISTS (\n    SELECT FROM exercises_use u WHERE u.user_id = kept.user_id AND u.exercise_id = kept.exercise_id);\nINSERT INTO exercises_trained (user_id, exercise_id, workouts, sets, first_at, last_at)\nSELECT u.user_id, u.exercise_id, count(*), sum(u.sets), min(u.at), max(u.at)\nFROM exercises_use u JOIN (SELECT DISTINCT user_id, exercise_id FROM (SELECT *, -1 AS sign FROM was UNION ALL SELECT *, 1 AS sign FROM there) changed) said\n  ON said.user_id = u.user_id AND said.exercise_id = u.exercise_id\nGROUP BY 1, 2\nON CONFLICT (user_id, exercise_id) DO UPDATE SET workouts = EXCLUDED.workouts, sets = EXCLUDED.sets,\n  first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at;\nRETURN NULL;\n", hash='2a2edc173a51f856a7048a6b2c871e97b2e5104f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_count_changed_44f04', referencing='REFERENCING OLD TABLE AS was  NEW TABLE AS there ', table='exercises_use', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='use',
            trigger=pgtrigger.compiler.Trigger(name='count_fewer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NOT EXISTS (SELECT *, -1 AS sign FROM was) THEN RETURN NULL; END IF;\nPERFORM pg_advisory_xact_lock(hashtext('exercises_use'));\n\nUPDATE exercises_usedday kept SET workouts = kept.workouts + said.workouts, sets = kept.sets + said.sets\nFROM (SELECT exercise_id, (at AT TIME ZONE 'UTC')::date AS day, sum(sign) AS workouts, sum(sign * sets) AS sets\n      FROM (SELECT *, -1 AS sign FROM was) changed GROUP BY 1, 2) said\nWHERE kept.exercise_id = said.exercise_id AND kept.day = said.day;\nDELETE FROM exercises_usedday kept USING (SELECT *, -1 AS sign FROM was) changed\nWHERE kept.workouts = 0 AND kept.exercise_id = changed.exercise_id\n  AND kept.day = (changed.at AT TIME ZONE 'UTC')::date;\nDELETE FROM exercises_trained kept USING (SELECT *, -1 AS sign FROM was) changed\nWHERE kept.user_id = changed.user_id AND kept.exercise_id = changed.exercise_id AND NOT EXISTS (\n    SELECT FROM exercises_use u WHERE u.user_id = kept.user_id AND u.exercise_id = kept.exercise_id);\nINSERT INTO exercises_trained (user_id, exercise_id, workouts, sets, first_at, last_at)\nSELECT u.user_id, u.exercise_id, count(*), sum(u.sets), min(u.at), max(u.at)\nFROM exercises_use u JOIN (SELECT DISTINCT user_id, exercise_id FROM (SELECT *, -1 AS sign FROM was) changed) said\n  ON said.user_id = u.user_id AND said.exercise_id = u.exercise_id\nGROUP BY 1, 2\nON CONFLICT (user_id, exercise_id) DO UPDATE SET workouts = EXCLUDED.workouts, sets = EXCLUDED.sets,\n  first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at;\nRETURN NULL;\n", hash='6dbf8431afe8f0b2c66d3d4b8d753631bdb49c2c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_count_fewer_d409d', referencing='REFERENCING OLD TABLE AS was ', table='exercises_use', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='usedday',
            constraint=models.UniqueConstraint(fields=('exercise', 'day'), name='used_day_once'),
        ),
    ]
