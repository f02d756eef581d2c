"""What the contract needs: a version per form, audio kept elsewhere, and forms of an older system adopted with their songs."""

# Rows of an older system (`adopted_at`) may lack what it never wrote. Its own three names of a status stay in its rows
# and are read as ours (models.OLD_WORDS, docs/decisions/0010).
CONSTRAINTS = {
    "compose_forms_song_count_check": "song_count BETWEEN 1 AND 5",
    "compose_forms_status_check": """status IN (
        'created', 'prompts_generated', 'variations_generating', 'variations_ready', 'payment_initiated',
        'payment_completed', 'delivered', 'expired', 'refunded', 'composing', 'payment_successful', 'completed')""",
    "compose_forms_amount_paid_check": "amount_paid >= 0",
    "compose_forms_check": """adopted_at IS NOT NULL OR status NOT IN ('payment_completed', 'delivered')
        OR (amount_paid IS NOT NULL AND paid_at IS NOT NULL)""",
}

COLUMNS = """
ALTER TABLE compose_forms
    ADD COLUMN IF NOT EXISTS adopted_at timestamp,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE variations ADD COLUMN outside_url text CHECK (outside_url ~ '^https?://');
ALTER TABLE variations DROP CONSTRAINT IF EXISTS variations_check;
ALTER TABLE variations ADD CONSTRAINT variations_ready_is_audible CHECK (
    status <> 'ready' OR outside_url IS NOT NULL
    OR (master_key IS NOT NULL AND preview_key IS NOT NULL AND duration_ms > 0));
CREATE INDEX variations_by_task ON variations (provider, provider_task_id) INCLUDE (form_id) WHERE provider_task_id IS NOT NULL;
"""

# In the database and not in every verb, so that no verb can forget it: whatever a customer can see changes the version.
VERSION = """
CREATE FUNCTION serenade_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER next_version BEFORE UPDATE ON compose_forms FOR EACH ROW WHEN (
    (OLD.form_data, OLD.package_type, OLD.generated_prompts, OLD.generated_titles, OLD.generated_lyrics, OLD.music_styles,
     OLD.variation_styles, OLD.variation_task_ids, OLD.variation_audio_urls, OLD.variation_lyrics, OLD.variation_titles,
     OLD.selected_variations, OLD.status, OLD.stripe_session_id, OLD.amount_paid, OLD.user_id, OLD.guest_email,
     OLD.expires_at, OLD.submitted_at)
    IS DISTINCT FROM
    (NEW.form_data, NEW.package_type, NEW.generated_prompts, NEW.generated_titles, NEW.generated_lyrics, NEW.music_styles,
     NEW.variation_styles, NEW.variation_task_ids, NEW.variation_audio_urls, NEW.variation_lyrics, NEW.variation_titles,
     NEW.selected_variations, NEW.status, NEW.stripe_session_id, NEW.amount_paid, NEW.user_id, NEW.guest_email,
     NEW.expires_at, NEW.submitted_at)
) EXECUTE FUNCTION serenade_next_version();
"""

# An older system kept task ids and audio in the form's columns alone: each becomes a row, playable where it always was.
SONGS = """
INSERT INTO variations (id, form_id, song_index, variation, status, provider, provider_task_id, outside_url, error_code,
                        title, lyrics, ready_at, created_at)
SELECT DISTINCT ON (task.id)
       task.id, f.id, song.key::integer, task.place,
       CASE WHEN heard.url IS NULL THEN 'failed' ELSE 'ready' END, 'older', task.id, heard.url,
       CASE WHEN heard.url IS NULL THEN 'lost' END,
       f.variation_titles -> song.key ->> task.place::text, f.variation_lyrics -> song.key ->> task.place::text,
       CASE WHEN heard.url IS NULL THEN NULL ELSE f.updated_at END, f.created_at
FROM compose_forms f
CROSS JOIN LATERAL jsonb_each(
    CASE WHEN jsonb_typeof(f.variation_task_ids) = 'object' THEN f.variation_task_ids ELSE '{}' END) song
CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(song.value) = 'array' THEN song.value ELSE '[]' END)
    WITH ORDINALITY AS task (id, place)
CROSS JOIN LATERAL (SELECT substring(f.variation_audio_urls -> song.key ->> task.place::text FROM '^https?://.*$') AS url) heard
WHERE f.adopted_at IS NOT NULL AND task.id <> '' AND song.key ~ '^[0-4]$' AND task.place <= 3
ORDER BY task.id, f.created_at
ON CONFLICT DO NOTHING;

INSERT INTO share_tokens (token, form_id, song_index)
SELECT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), f.id, song
FROM compose_forms f CROSS JOIN LATERAL generate_series(0, least(f.song_count, 5) - 1) song
WHERE f.adopted_at IS NOT NULL AND f.status IN ('payment_successful', 'payment_completed', 'completed', 'delivered')
ON CONFLICT DO NOTHING;

INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why)
SELECT id, 'form', id, NULL, CASE status WHEN 'payment_successful' THEN 'payment_completed' WHEN 'completed' THEN 'delivered'
       WHEN 'composing' THEN 'created' ELSE status END, 'migrate', 'adopted'
FROM compose_forms WHERE adopted_at IS NOT NULL;
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by, why)
SELECT form_id, 'variation', id, NULL, status, 'migrate', 'adopted' FROM variations WHERE provider = 'older';
"""

# Constraints hold for every new value at once; old rows that break them stay as they are and may still be read.
VALIDATE = """
DO $$ BEGIN ALTER TABLE compose_forms VALIDATE CONSTRAINT {name};
EXCEPTION WHEN check_violation THEN RAISE NOTICE 'older rows break {name}; it holds for what is written from now on'; END $$
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(COLUMNS)
    for name, rule in CONSTRAINTS.items():
        db.execute_sql(f"ALTER TABLE compose_forms DROP CONSTRAINT IF EXISTS {name}")
        db.execute_sql(f"ALTER TABLE compose_forms ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    db.execute_sql(SONGS)
    db.execute_sql(VERSION)
    for name in CONSTRAINTS:
        db.execute_sql(VALIDATE.format(name=name))
