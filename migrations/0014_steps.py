"""Our own steps of an attempt (submitting, uncertain, waiting, finishing) leave `stage` and have a column of their own.

`stage` held them beside what the provider says; from now on it is the provider's alone, and nothing follows from it.

**Processes of the release before may still run.** `migrate` comes before the restart, so for seconds or minutes code that
knows no `step` works on these tables, alone at first and then beside ours. It reads and writes our steps in `stage`:

- It claims a submit where `stage IS NULL` and no task id is there. A row that we are submitting looks just like that to it,
  and a row that it is submitting would look free to us: the same song would be bought twice.
- It takes the receipt of a submit that is under way only where `stage` is still 'submitting' or 'uncertain', and polls only
  where `stage` is not NULL and not 'finishing'.
- It ends an attempt (ready, failed, queued) without touching `step`.

So a trigger follows what an older process writes: its value becomes our step with a line in the timeline, a submit that
somebody is at already is refused to it (the UPDATE finds no row, as if another worker had been first), and a step ends with
its attempt. And `stage` keeps its old value where an attempt is under way, for an older worker whose answer is still coming;
the provider's next value, or the end of the attempt, replaces it. Only where nothing is under way is it emptied here.

Older processes are known by what their connections lack (`serenade.knows_steps`, records/database.py). **The release after
this one drops the trigger and its function.**
"""

COLUMN = """
ALTER TABLE variations ADD COLUMN step varchar(20);
"""

# What an older process marks with the provider's value, or with none, is with the provider as soon as there is a task id.
ROWS = """
UPDATE variations SET step = CASE WHEN stage IN ('submitting', 'uncertain', 'waiting', 'finishing') THEN stage
                                  WHEN provider_task_id IS NOT NULL AND stage IS NOT NULL THEN 'waiting' END
WHERE status IN ('submitted', 'generating');
UPDATE variations SET stage = NULL
WHERE status NOT IN ('submitted', 'generating') AND stage IN ('submitting', 'uncertain', 'waiting', 'finishing');
INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by)
SELECT form_id, 'variation_step', id, NULL, step, 'migrate' FROM variations WHERE step IS NOT NULL;
"""

RULES = """
ALTER TABLE variations
    ADD CONSTRAINT variations_step_check CHECK (step IN ('submitting', 'uncertain', 'waiting', 'finishing')),
    ADD CONSTRAINT a_step_belongs_to_an_attempt CHECK (step IS NULL OR status IN ('submitted', 'generating'));
"""

OLDER = """
CREATE FUNCTION serenade_follow_older_stage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := CASE TG_OP WHEN 'UPDATE' THEN OLD.step END;
    word_before text := CASE TG_OP WHEN 'UPDATE' THEN OLD.stage END;
BEGIN
    IF NEW.status NOT IN ('submitted', 'generating') THEN
        NEW.step := NULL;
    ELSIF NEW.stage IS DISTINCT FROM word_before AND before IS DISTINCT FROM 'finishing' THEN
        IF NEW.stage = 'submitting' AND before IS NOT NULL THEN
            RETURN NULL;
        ELSIF NEW.stage IS NULL OR NEW.stage IN ('submitting', 'uncertain', 'waiting', 'finishing') THEN
            NEW.step := NEW.stage;
        END IF;
    END IF;
    IF NEW.step IS DISTINCT FROM before AND NEW.status IN ('submitted', 'generating') THEN
        INSERT INTO form_events (form_id, noun, noun_id, from_status, to_status, moved_by)
        VALUES (NEW.form_id, 'variation_step', NEW.id, before, NEW.step, 'older_release');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follow_older_stage BEFORE INSERT OR UPDATE ON variations FOR EACH ROW
    WHEN (current_setting('serenade.knows_steps', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION serenade_follow_older_stage();
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    for statements in (COLUMN, ROWS, RULES, OLDER):
        db.execute_sql(statements)
