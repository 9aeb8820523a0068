import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# What names are found by is written by the database, so that no writer forgets it and many rows take one statement.
PLAIN = """
CREATE FUNCTION accounts_plain(input text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN
    btrim(regexp_replace(lower(unaccent(translate(input, '''’`', ''))), '[[:space:][:punct:]]+', ' ', 'g'));
COMMENT ON FUNCTION accounts_plain IS 'A name in lower case, without accents and punctuation.';
"""

TEXTS = """
CREATE FUNCTION accounts_name_texts(name text) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH written AS (SELECT (string_to_array(accounts_plain(name), ' '))[1:6] AS words)
    SELECT array_to_string(words[i:] || words[:i - 1], ' ') FROM written, generate_subscripts(words, 1) i
    UNION SELECT words[1] || ' ' || words[cardinality(words)] FROM written WHERE cardinality(words) > 2
    UNION SELECT array_to_string(words, '') FROM written WHERE cardinality(words) > 1
$$;
COMMENT ON FUNCTION accounts_name_texts IS
    'Ways to begin writing a name: from each word on and round, without middle names, as one word.';
"""

CELL = """
CREATE FUNCTION accounts_cell(latitude numeric, longitude numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    floor((latitude + 90) * 4)::integer * 1440 + floor((longitude + 180) * 4)::integer % 1440;
COMMENT ON FUNCTION accounts_cell IS 'The field of the map, a quarter of a degree wide and high, that a place is in.';
"""

INDEX = """
CREATE FUNCTION accounts_index_names(person uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Two writers, of the name and of the privacy say, follow each other, and the second sees what the first wrote.
    PERFORM pg_advisory_xact_lock(hashtextextended('accounts_index_names' || person, 0));
    WITH one AS MATERIALIZED (
        SELECT * FROM accounts_named() WHERE user_id = person
    ), texts AS MATERIALIZED (
        SELECT text FROM one, accounts_name_texts(username) text
        UNION SELECT text FROM one, accounts_name_texts(display_name) text
    ), gone AS (
        DELETE FROM accounts_nameentry e WHERE e.user_id = person AND e.text NOT IN (SELECT text FROM texts)
    )
    INSERT INTO accounts_nameentry (user_id, text, listed, cell) SELECT user_id, text, listed, cell FROM one, texts
    ON CONFLICT (user_id, text) DO UPDATE SET listed = excluded.listed, cell = excluded.cell
        WHERE (accounts_nameentry.listed, accounts_nameentry.cell) IS DISTINCT FROM (excluded.listed, excluded.cell);
END $$;
COMMENT ON FUNCTION accounts_index_names IS 'Write what a person is found by.';
"""

# A function and not a view, which would keep later migrations from altering the columns it reads.
NAMED = """
CREATE FUNCTION accounts_named() RETURNS TABLE
    (user_id uuid, username varchar, display_name varchar, listed boolean, cell integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT u.id, u.username, u.display_name,
           u.is_active AND u.deleted_at IS NULL AND s.privacy_search = 'everyone',
           CASE WHEN s.privacy_profile = 'everyone' THEN accounts_cell(p.latitude, p.longitude) END
    FROM accounts_user u JOIN accounts_preferences s ON s.user_id = u.id JOIN accounts_profile p ON p.user_id = u.id
$$;
COMMENT ON FUNCTION accounts_named IS 'What the search needs to know of everybody.';
"""

EVERYBODY = """
INSERT INTO accounts_nameentry (user_id, text, listed, cell)
SELECT user_id, text, listed, cell FROM accounts_named(),
    LATERAL (SELECT accounts_name_texts(username) UNION SELECT accounts_name_texts(display_name)) said(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_body'),
    ]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", migrations.RunSQL.noop),
        migrations.RunSQL(PLAIN, "DROP FUNCTION accounts_plain"),
        migrations.RunSQL(TEXTS, "DROP FUNCTION accounts_name_texts"),
        migrations.RunSQL(CELL, "DROP FUNCTION accounts_cell"),
        migrations.RunSQL(NAMED, "DROP FUNCTION accounts_named"),
        migrations.RunSQL(INDEX, "DROP FUNCTION accounts_index_names"),
        migrations.CreateModel(
            name='NameEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(db_collation='C', max_length=150)),
                ('listed', models.BooleanField(help_text='a search by anybody may list this person')),
                ('cell', models.IntegerField(help_text='of the map, where anybody may know roughly where the person is', null=True)),
            ],
        ),
        migrations.AddField(
            model_name='friendship',
            name='declined_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='friendship',
            name='withdrawn',
            field=models.BooleanField(default=False, help_text='taken back after it was declined'),
        ),
        migrations.AlterField(
            model_name='friendship',
            name='requester',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='one of the two', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('record', 'Record'), ('rest_over', 'Rest Over'), ('reminder', 'Reminder'), ('goal', 'Goal'), ('analysis', 'Analysis'), ('friend_request', 'Friend Request'), ('friend_accepted', 'Friend Accepted'), ('like', 'Like'), ('comment', 'Comment'), ('mention', 'Mention'), ('challenge', 'Challenge'), ('coach', 'Coach'), ('news', 'News')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='block',
            index=models.Index(fields=['blocker', '-created_at', '-blocked'], name='block_latest'),
        ),
        migrations.AddIndex(
            model_name='friendship',
            index=models.Index(condition=models.Q(('accepted_at__isnull', False)), fields=['low', '-accepted_at', '-high'], name='friendship_low'),
        ),
        migrations.AddIndex(
            model_name='friendship',
            index=models.Index(condition=models.Q(('accepted_at__isnull', False)), fields=['high', '-accepted_at', '-low'], name='friendship_high'),
        ),
        migrations.AddIndex(
            model_name='friendship',
            index=models.Index(condition=models.Q(('accepted_at', None)), fields=['low', '-created_at', '-high'], name='friendship_low_asked'),
        ),
        migrations.AddIndex(
            model_name='friendship',
            index=models.Index(condition=models.Q(('accepted_at', None)), fields=['high', '-created_at', '-low'], name='friendship_high_asked'),
        ),
        migrations.AddIndex(
            model_name='friendship',
            index=models.Index(condition=models.Q(('accepted_at', None)), fields=['created_at'], name='friendship_lapsing'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(django.db.models.functions.text.Lower('city'), models.OrderBy(models.F('user'), descending=True), condition=models.Q(('city', ''), _negated=True), name='profile_city'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='preferences',
            trigger=pgtrigger.compiler.Trigger(name='index_names', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM accounts_index_names(NEW.user_id); RETURN NULL;', hash='ab6acf14dc3d4a1393cced935a8f5f928c79fb6c', operation='UPDATE OF "privacy_profile", "privacy_search"', pgid='pgtrigger_index_names_0462c', table='accounts_preferences', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='preferences',
            trigger=pgtrigger.compiler.Trigger(name='index_new_names', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM accounts_index_names(NEW.user_id); RETURN NULL;', hash='b035297f86ac5ac0c9834cadfd8b788d1fda5aea', operation='INSERT', pgid='pgtrigger_index_new_names_e0470', table='accounts_preferences', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profile',
            trigger=pgtrigger.compiler.Trigger(name='index_names', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM accounts_index_names(NEW.user_id); RETURN NULL;', hash='f6cc6745b22cdf57d691177258973509012735cd', operation='UPDATE OF "latitude", "longitude"', pgid='pgtrigger_index_names_b34d8', table='accounts_profile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profile',
            trigger=pgtrigger.compiler.Trigger(name='index_new_names', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.latitude IS NOT NULL)', func='PERFORM accounts_index_names(NEW.user_id); RETURN NULL;', hash='a74f359b95cd3b20b87830f470c9151f765f57e2', operation='INSERT', pgid='pgtrigger_index_new_names_1423a', table='accounts_profile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='index_names', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM accounts_index_names(NEW.id); RETURN NULL;', hash='ec0e3ce18ce38a8f4c315b7dd2d339fd10762e9c', operation='UPDATE OF "username", "display_name", "is_active", "deleted_at"', pgid='pgtrigger_index_names_1bee4', table='accounts_user', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='friendship',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at', None), ('declined_at', None), _connector='OR'), name='friendship_one_answer'),
        ),
        migrations.AddConstraint(
            model_name='friendship',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn', False), ('declined_at__isnull', False), _connector='OR'), name='friendship_withdrawn'),
        ),
        migrations.AddField(
            model_name='nameentry',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='name_entries', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='nameentry',
            index=models.Index(condition=models.Q(('listed', True)), fields=['text', 'user'], name='nameentry_listed'),
        ),
        migrations.AddIndex(
            model_name='nameentry',
            index=models.Index(condition=models.Q(('cell__isnull', False), ('listed', True)), fields=['cell', 'text', 'user'], name='nameentry_near'),
        ),
        migrations.AddIndex(
            model_name='nameentry',
            index=models.Index(condition=models.Q(('cell__isnull', False), ('listed', True)), fields=['cell', '-user'], name='nameentry_newest_near'),
        ),
        migrations.AddConstraint(
            model_name='nameentry',
            constraint=models.UniqueConstraint(fields=('user', 'text'), name='nameentry_once'),
        ),
        migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop),
    ]
