"""The giver's photos, as a fold on the page of the order: add, describe, order, pin, remove. Adding is a plain form.

What is typed is saved when a field is left. The list is drawn anew only where photos came, went or moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from markupsafe import escape
from nicegui.events import GenericEventArguments

from customer_texts import NO_ROOM, refusal_in_words
from i18n import _
from integrations.storage import StorageError
from jobs.gifts.photos import ALT_MOST, MOST_PHOTOS, describe_photo, move_photo, pin_photo, remove_photo
from jobs.views.photo_view import MomentView, PhotosView, PhotoView, PinnableView, read_photos
from models import CodedError, NotFoundError, in_database
from ui.components.elements import box, still, text
from ui.components.section_names import section_name
from ui.middleware.request_guard import PHOTOS_PATH
from ui.templates import duration, render

TAKEN = "image/jpeg,image/png,image/webp,image/heic,image/heif"
_VALUE = "(e) => emit(e.target.value)"


class PhotoFields:
    """The fold of one order; the page needs photos.js. `build` draws it once, `refresh` follows the rows."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.drawn: list[str] | None = None

    def build(self) -> None:
        """Draw the fold, without its photos: `refresh` brings them."""
        self.fold = box("details", "card fold", id="photos")
        with self.fold:
            self.summary = text("summary", _("Add photos (optional)"))
            with box("div", "stack"):
                text("p", _("They are shown with the song, and in its video. Up to {most}.", most=MOST_PHOTOS), "muted")
                self.photos = box("ol", "photos stack")
                self._upload()
                self.said = text("p", "", "muted", role="status", id="photos-said")

    def _upload(self) -> None:
        fields = render("photo_upload.html", form_id=self.form_id, taken=TAKEN)
        still("form", fields, "stack tight", method="post", action=PHOTOS_PATH, enctype="multipart/form-data", data_photos="")

    async def refresh(self) -> None:
        """After a notification: read the rows again."""
        try:
            view = await asyncio.to_thread(in_database, read_photos, self.form_id)
        except NotFoundError:
            return
        if hasattr(self, "fold") and not self.fold.is_deleted:
            self._show(view)

    def _show(self, view: PhotosView) -> None:
        order = [photo.id for photo in view.photos]
        if order == self.drawn:
            return
        self.drawn = order
        count = _("Photos: {n} of {most}", n=len(order), most=MOST_PHOTOS)
        self.summary.set_text(count if order else _("Add photos (optional)"))
        self.photos.clear()
        with self.photos:
            for number, photo in enumerate(view.photos, 1):
                self._photo(number, photo, view)

    def _photo(self, number: int, photo: PhotoView, view: PhotosView) -> None:
        at = f"photo-{photo.id}"
        with box("li", "row", id=at):
            box("img", "thumb", src=photo.url, alt=photo.alt or _("Photo {n}", n=number), loading="lazy", width=96, height=96)
            with box("div", "stack tight"):
                with box("div", "field"):
                    text("label", _("What is on photo {n}?", n=number), for_=f"{at}-alt")
                    said = box("input", type="text", id=f"{at}-alt", maxlength=ALT_MOST, dir="auto", autocomplete="off")
                    said.props["^value"] = photo.alt
                    said.on("change", self._typed(describe_photo, photo.id), js_handler=_VALUE)
                if any(song.moments for song in view.songs) or len(view.songs) > 1:
                    self._place(f"{at}-place", number, photo, view.songs)
                with box("div", "row"):
                    self._button(_("Earlier"), number, photo.id, "earlier", lambda: move_photo(self.form_id, photo.id, -1))
                    self._button(_("Later"), number, photo.id, "later", lambda: move_photo(self.form_id, photo.id, 1))
                    self._button(_("Remove"), number, photo.id, "remove", lambda: remove_photo(self.form_id, photo.id))

    def _place(self, at: str, number: int, photo: PhotoView, songs: tuple[PinnableView, ...]) -> None:
        with box("div", "field"):
            text("label", _("When is photo {n} shown?", n=number), for_=at)
            choice = box("select", id=at)
            choice.props["innerHTML"] = _options(photo.place, songs)  # hundreds of options are no elements of their own
            choice.on("change", self._typed(_pin, photo.id), js_handler=_VALUE)

    def _button(self, label: str, number: int, photo_id: str, name: str, do: Callable[[], None]) -> None:
        at = f"photo-{photo_id}-{name}"
        button = text("button", label, "btn quiet", type="button", id=at)
        button.props["aria-label"] = _("{action}: photo {n}", action=label, n=number)

        async def pressed() -> None:
            await self._do(do)
            focus = "photos-files" if name == "remove" else at
            self.fold.client.run_javascript(f"document.getElementById('{focus}')?.focus()")

        button.on("click", pressed)

    def _typed(self, do: Callable[[str, str, str], None], photo_id: str) -> Any:
        async def changed(event: GenericEventArguments) -> None:
            await self._do(lambda: do(self.form_id, photo_id, str(event.args)))

        return changed

    async def _do(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(in_database, work)
            said = _("Saved.")
        except CodedError as error:
            said = refusal_in_words(error)
        except StorageError:
            said = _(NO_ROOM)
        except NotFoundError:
            said = _("This photo is not there any more.")
        await self.refresh()
        if not self.said.is_deleted:
            self.said.set_text(said)


def _pin(form_id: str, photo_id: str, place: str) -> None:
    song, _colon, moment = place.partition(":")
    whole = [int(part) if part.isascii() and part.isdigit() and len(part) < 8 else None for part in (song, moment)]
    pin_photo(form_id, photo_id, *whole)


def _options(chosen: str, songs: tuple[PinnableView, ...]) -> str:
    listed = [("", _("By itself"))]
    for song in songs:
        if len(songs) > 1:
            listed.append((str(song.index), _("Only in the song for {name}", name=song.recipient_name)))
        for moment in song.moments:
            name = f"{song.recipient_name}, {_named(moment)}" if len(songs) > 1 else _named(moment)
            listed.append((f"{song.index}:{moment.start_ms}", name))
    known = {value for value, _name in listed}
    if chosen not in known:
        listed.append((chosen, chosen))
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(name)}</option>'
        for value, name in listed
    )


def _named(moment: MomentView) -> str:
    said = section_name(moment.part) if moment.part else f"… {moment.line}"
    return f"{duration(moment.start_ms)} {said}"
