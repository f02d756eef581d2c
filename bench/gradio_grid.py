"""The grid of one form as a Gradio page (Apache-2.0), which follows the rows in the two ways that its documents know.

A timer: `gr.Timer` ticks every second (https://www.gradio.app/docs/gradio/timer).
A loop: a generator that does not end and yields, here whenever PostgreSQL notifies it
(https://www.gradio.app/guides/streaming-outputs); several pages at once need `concurrency_limit=None`
(https://www.gradio.app/guides/queuing). What did not change is skipped, as a player must not be drawn anew while it plays.
"""

import os
import select
from pathlib import Path

import gradio as gr
import psycopg2

ROWS = "SELECT status, progress, preview_key FROM variations WHERE form_id = %s ORDER BY song_index, variation"
AUDIO = Path(os.environ["GRID_AUDIO"])


def new_connection():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    return connection


def read(connection):
    with connection.cursor() as cursor:
        cursor.execute(ROWS, (os.environ["GRID_FORM"],))
        return cursor.fetchall()


def drawn(status, progress, key):
    """Text and recording of one cell."""
    if status == "ready":
        return "<p>Ready</p>", str(AUDIO / key)
    return f"<p>Being made, {progress} %</p><progress max=100 value={progress}></progress>", None


def changes(shown, connection=new_connection()):  # noqa: B008 one for all pages
    """The rows, and of each cell text and recording where they differ from what is shown."""
    rows = read(connection)
    known = shown or [None] * 9
    pairs = [(gr.skip(), gr.skip()) if row == before else drawn(*row) for row, before in zip(rows, known, strict=True)]
    return [rows, *(part for pair in pairs for part in pair)]


def by_loop():
    connection = new_connection()
    connection.cursor().execute("LISTEN grid")
    shown = None
    while True:
        shown, *parts = changes(shown, connection)
        yield parts
        select.select([connection], [], [])
        connection.poll()
        connection.notifies.clear()


with gr.Blocks() as page:
    cells = []
    for _ in range(3):
        with gr.Row():
            for _ in range(3):
                with gr.Column():
                    cells += [gr.HTML(), gr.Audio(interactive=False)]
    if os.environ["GRID_WAY"] == "timer":
        kept = gr.State()
        page.load(changes, kept, [kept, *cells], show_progress="hidden")
        gr.Timer(float(os.environ["GRID_SECONDS"])).tick(changes, kept, [kept, *cells], show_progress="hidden")
    else:
        page.load(by_loop, None, cells, show_progress="hidden", concurrency_limit=None)

page.launch(server_name="127.0.0.1", server_port=int(os.environ["GRID_PORT"]), allowed_paths=[str(AUDIO)])
