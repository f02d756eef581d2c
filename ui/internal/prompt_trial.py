"""Prompt trial: another instruction for the chat model, tried with presets, current and new side by side."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from nicegui.events import GenericEventArguments

from integrations.writer.chat_prompt import CONTRACT, LONGEST_WORDING
from jobs.generation.providers import adopted_wording
from jobs.staff.actions import ActionRefusedError
from jobs.staff.prompt_trial import MOST_BRIEFS, chosen_presets, compare_wordings, follows_a_wording
from models import Preset
from settings import settings
from ui.components.elements import box, text
from ui.internal.action_dialog import SENT
from ui.internal.staff_frame import Fragment, NotAllowedError, NotStaffError, StaffPage


class PromptTrial:
    """The instruction, the briefs it is tried with, and the results."""

    def __init__(self, staff_page: StaffPage) -> None:
        self.staff_page, self.busy = staff_page, False

    def build(self) -> None:
        """Drawn once; briefs and results change."""
        with box("section", "card stack tight", aria_labelledby="prompt-trial"):
            text("h2", "Prompt trial", id="prompt-trial")
            with box("form", "stack tight", aria_label="Prompt trial") as form:
                Fragment("prompt_trial_form.html").show(
                    follows=follows_a_wording(), model=settings.writer_model, wording=adopted_wording(), contract=CONTRACT,
                    most=LONGEST_WORDING, file=settings.operator_texts / "writer.txt",
                )  # fmt: skip
                self.briefs = Fragment("prompt_trial_briefs.html")
                if self.staff_page.staff.may("support"):
                    with box("div", "row"):
                        text("button", "Compare", "btn primary", type="submit")
            self.notice = text("p", "", "muted", role="status")
            self.pairs = Fragment("prompt_trial.html")
        form.on("submit", self._sent, js_handler=SENT)

    def offer(self, presets: list[Preset]) -> None:
        """The briefs it can be tried with."""
        self.briefs.show(presets=presets, most=MOST_BRIEFS)

    async def _sent(self, event: GenericEventArguments) -> None:
        fields: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        ids = [str(name).removeprefix("brief-") for name in fields if str(name).startswith("brief-")]
        wording = str(fields.get("wording", ""))
        if self.busy:
            return
        self.busy = True
        try:
            await self.staff_page.act("try_wording", press=secrets.token_hex(12), briefs=ids, wording=wording)
            self._say("Writing. A chat model may take up to a minute.", "muted")
            self.pairs.show(pairs=[])
            saved = await self.staff_page.read(chosen_presets, ids)
            pairs = await asyncio.to_thread(compare_wordings, wording, saved)
        except NotStaffError:
            self.staff_page.leave()
        except (ActionRefusedError, NotAllowedError) as error:
            self._say(str(error), "notice warn")
        else:
            self._say("Lines that only one side has are marked.", "muted")
            self.pairs.show(pairs=[(one, sides(one)) for one in pairs])
        finally:
            self.busy = False

    def _say(self, sentence: str, classes: str) -> None:
        self.notice.set_text(sentence)
        self.notice.classes(replace=classes)


def sides(pair: Any) -> list[dict[str, Any]]:
    """Current and new (one side where both are the same); each line of the lyrics with whether the other side lacks it."""
    sides = []
    names = (("Current instruction", pair.before, pair.after), ("New instruction", pair.after, pair.before))
    for (name, one, other), fallback in list(zip(names, pair.fallback, strict=True))[: 1 if pair.before == pair.after else 2]:
        theirs = set(other.lyrics.split("\n"))
        lines = [(line, bool(line) and line not in theirs) for line in one.lyrics.split("\n")]
        sides.append({"name": name, "writing": one, "lines": lines, "fallback": fallback})
    return sides
