"""The lyrics of one song while they are being written, shown line by line."""

from __future__ import annotations

from jobs.views.form_types import LyricDraftView
from ui.components.elements import box, text
from ui.components.section_names import section_name


class PageDraft:
    """A song that is being written. Only new lines are drawn, so that those being read do not move."""

    def __init__(self) -> None:
        self.title = ""
        self.lines: list[str] = []
        self.heading = text("p", "", "draft title")
        self.sheet = box("div", "draft")

    def show(self, draft: LyricDraftView | None) -> None:
        """Show what the writer has so far; it may also start over."""
        title, lyrics = (draft.title, draft.lyrics) if draft else ("", "")
        if title != self.title:
            self.title = title
            self.heading.set_text(title)
        lines = lyrics.split("\n") if lyrics else []
        if lines[: len(self.lines)] != self.lines:
            self.sheet.clear()
            self.lines = []
        with self.sheet:
            for at, line in enumerate(lines[len(self.lines) :]):
                if line:
                    part = section_name(line.strip("[]")) if line.startswith("[") else ""
                    text("p", part or line, "part" if part else "", dir="auto").style(f"--n:{at}")
        self.lines = lines
