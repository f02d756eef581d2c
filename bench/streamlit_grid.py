"""The grid of one form as a Streamlit page (Apache-2.0), which follows the rows in the two ways that its documents know.

A timer: a fragment that runs again every second (https://docs.streamlit.io/develop/api-reference/execution-flow/st.fragment).
A loop: a run that does not end and writes into placeholders, here whenever PostgreSQL notifies it
(https://docs.streamlit.io/knowledge-base/using-streamlit/animate-elements). To run a page again from outside is not possible
(https://github.com/streamlit/streamlit/issues/2838, open).
"""

import os
import select
from pathlib import Path

import psycopg2
import streamlit as st

ROWS = "SELECT status, progress, preview_key FROM variations WHERE form_id = %s ORDER BY song_index, variation"
AUDIO = Path(os.environ["GRID_AUDIO"])


@st.cache_resource
def shared_connection():
    return new_connection()


def new_connection():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    return connection


def read(connection):
    with connection.cursor() as cursor:
        cursor.execute(ROWS, (os.environ["GRID_FORM"],))
        return cursor.fetchall()


def show(status, progress, key):
    if status == "ready":
        st.write("Ready")
        st.audio(AUDIO / key, format="audio/mpeg")
    else:
        st.progress(progress, text=f"Being made, {progress} %")


def nine():
    return [column for _ in range(3) for column in st.columns(3)]


@st.fragment(run_every=float(os.environ["GRID_SECONDS"]))
def by_timer():
    for place, row in zip(nine(), read(shared_connection()), strict=True):
        with place:
            show(*row)


def by_loop():
    places, shown, connection = [column.empty() for column in nine()], [None] * 9, new_connection()
    connection.cursor().execute("LISTEN grid")
    while True:
        rows = read(connection)
        for place, row, before in zip(places, rows, shown, strict=True):
            if row != before:
                with place.container():
                    show(*row)
        shown = rows
        select.select([connection], [], [])
        connection.poll()
        connection.notifies.clear()


if os.environ["GRID_WAY"] == "timer":
    by_timer()
else:
    by_loop()
