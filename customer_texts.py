"""Sentences for customers that pages, API and e-mails share. Rows and errors carry a code; here is its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from i18n import N_, _, clock_time, day, joined, n_

FAILED_RECORDING = {
    "moderation": N_(
        "The studio would not sing some of these words, often a famous name or a strong word. "
        "Please change them and press Try again."
    ),
    "out_of_credit": N_("Our studio is resting for a moment. We are on it."),
    "lost": N_("This recording took far too long, so we stopped waiting. Press Try again to record it anew."),
    "bad_request": N_("These words did not fit the studio. Make them a little shorter and press Try again."),
    "no_audio": N_("The studio sent no recording. Press Try again and we will record it anew."),
    "audio_format": N_("The studio sent a recording that we cannot play. Press Try again and we will record it anew."),
    "audio_broken": N_("This recording arrived damaged. Press Try again and we will record it anew."),
    "no_song": N_("This recording was silent or far too short. Press Try again and we will record it anew."),
    "submit_uncertain": N_("We lost sight of this recording. Press Try again to record it anew."),
}
_FAILED = N_("This recording did not work out. Press Try again and we will record it anew.")

# Why a verb was refused. What begins in lower case is made a sentence where it is used: the API, staff's record.
REFUSALS = {
    "still_sealed": N_("This gift is still sealed."),
    "already_submitted": N_("the form was submitted already"),
    "nothing_made_yet": N_("nothing was made of this song yet"),
    "still_being_made": N_("the versions of this song are still being made"),
    "no_changes_left": N_("the words of this song were changed {most} times already"),
    "no_ready_version": N_("one more version can be made of a ready one"),
    "no_more_versions_left": N_("this song has had {most} more versions already"),
    "songs_are_settled": N_("the songs of a form that is {status} stay as they are"),
    "payment_under_way": N_("a payment of this form is under way"),
    "choice_is_closed": N_("nothing can be chosen while the form is {status}"),
    "variation_not_ready": N_("this variation is not ready yet"),
    "line_has_changed": N_("this line has changed meanwhile"),
    "words_are_closed": N_("the words cannot be changed here while the form is {status}"),
    "still_a_draft": N_("the form is still a draft"),
    "form_is_over": N_("the form is {status}"),
    "unknown_time_zone": N_("Please choose the time zone from the list."),
    "no_date_and_time": N_("Please give a date and a time."),
    "gift_not_paid": N_("only a gift that was paid for can be changed"),
    "too_long": N_("That is a little long: {most} characters at most."),
    "moment_is_over": N_("This moment is over. Leave date and time empty to send it now."),
    "links_are_off": N_("The links are switched off. Make new ones first."),
    "not_an_address": N_("This does not look like an e-mail address."),
    "not_plain_letters": N_(
        "We can only write to addresses with plain letters (a to z) before the @. Please give another one."
    ),
    "no_such_moment": N_("There is no such moment in this song."),
    "nothing_to_answer": N_("Nothing came back yet that you could answer."),
    "answered_already": N_("You have written back already."),
    "no_words": N_("Write a word or two first."),
    "voice_too_large": N_("This recording is too large. 20 seconds at most, please."),
    "voice_unreadable": N_("We could not read this recording. WAV, OGG, FLAC and MP3 work."),
    "voice_too_long": N_("A voice note is 20 seconds long at most."),
    "voice_silent": N_("This recording is silent. Is the microphone on?"),
    "too_many_replies": N_("That is a lot at once. Please wait a little."),
    "nothing_to_wait_for": N_("there is nothing to wait for, or nowhere to write to"),
    "too_late_to_change": N_("it is too late to change this"),
    "nothing_is_recorded": N_("nothing is being recorded right now"),
    "nothing_paid_yet": N_("nothing was paid yet"),
    "studio_is_slow": N_("the studio takes longer than usual"),
    "form_has_changed": N_("the form has changed meanwhile"),
    "not_for_sale": N_("a form that is {status} cannot be paid for"),
    "payment_on_its_way": N_("a payment for this form is on its way"),
    "not_all_chosen": N_("choose one variation of every song first"),
    "paid_already": N_("this form was paid already"),
    "no_credits_in_a_demo": N_("a demo takes no credits"),
    "no_extras_in_a_demo": N_("A demo sells nothing. A real order does."),
    "order_given_back": N_("This order was refunded, so nothing more of it can be kept."),
    "order_not_delivered": N_("Nothing more of this order can be kept before it is paid and delivered."),
    "order_disputed": N_(
        "Your bank is looking at a payment of this order. Nothing more of it can be kept until that is decided."
    ),
    "kept_already": N_("You keep this already."),
    "extra_not_offered": N_("This is not offered any more."),
    "extra_on_its_way": N_("A payment for this is on its way."),
    "extra_not_there": N_("There is no such recording of this song to keep."),
    "no_extension_left": N_("this form cannot be kept any longer"),
    "not_deletable": N_("a form that is paid, or about to be, cannot be deleted"),
    "too_many_photos": N_("A gift holds {most} photos at most. Remove one to make room."),
    "no_video_in_a_demo": N_("A demo makes no videos. A real order does."),
    "photos_are_closed": N_("the photos of this order cannot be changed any more"),
    "too_many_mails": N_("That was {most} mails within the hour. Please wait; the link works meanwhile."),
}

# What is wrong with a field (jobs/forms/wrong_fields.py), beside those of REFUSALS that are about one too.
WRONG_FIELDS = {
    "not_answered": N_("Please fill this in."),
    "no_phone_number": N_("Only digits, spaces and + - ( ) please."),
    "no_such_option": N_("Please choose one of the options."),
    "not_sung": N_("Please choose a language that we sing: {languages}."),
    "one_or_two": N_("Choose one or two."),
    "another_number_of_songs": N_("This package has another number of songs."),
    "no_such_field": N_("There is no field {name}."),
    "unexpected_value": N_("This is not what we expected here."),
    "no_such_song": N_("There is no song {number}."),
    "title_length": N_("A title has 1 to {most} characters."),
    "lyrics_length": N_("The words of a song have {least} to {most} characters; these have {count}."),
    "line_length": N_("A line has 1 to {most} characters; this one has {count}."),
    "nothing_here": N_("There is nothing here under this id."),
}
# "not_answered" where there is something better to say, by the name of the field.
NOT_ANSWERED = {
    "recipientName": N_("Who is the song for?"),
    "relationship": N_("What are they to you?"),
    "theme": N_("Choose an occasion."),
    "senderName": N_("Who is it from?"),
    "senderEmail": N_("Where may we send the link?"),
    "songs": N_("Tell us about the song."),
}

# Why a photo was not taken (integrations/pictures).
REFUSED_PICTURES = {
    "too_large": N_("It is larger than 15 MB. Please choose a smaller version."),
    "not_a_picture": N_("This is no photo that we can read. JPEG, PNG, WebP and HEIC work."),
    "damaged_picture": N_("It is damaged, or did not arrive whole. Please send it again."),
    "animated_picture": N_("It moves. Please choose a still picture."),
    "too_many_pixels": N_("It has more than 60 million pixels. Please choose a smaller version."),
    "svg_picture": N_("SVG is a drawing. Please choose a photo: JPEG, PNG, WebP or HEIC."),
}
# Why there is no video (integrations/video).
FAILED_VIDEO = {
    "no_encoder": N_("This installation cannot make videos. The song and everything else is there."),
    "no_room": N_("There is no room for a video right now. The song and everything else is there; please try again later."),
    "failed": N_("The video could not be made. The song and everything else is there; please try again later."),
}
# What can be kept of a song beside its chosen version (jobs/payments/extras.py).
EXTRA_NAMES = {"versions": N_("The other two versions"), "instrumental": N_("Without the singer")}
# What Stripe's page calls it: nobody's name.
EXTRA_LABELS = {"versions": N_("The other two versions of your song"), "instrumental": N_("Your song without its singer")}
NO_ROOM = N_("We cannot keep photos right now. Nothing else is lost: please try again a little later.")


class Titled(Protocol):
    """A recording as the read model gives it."""

    @property
    def title(self) -> str | None: ...
    @property
    def untitled_for(self) -> str | None: ...


class Coded(Protocol):
    """An error by its code and the values that its sentence needs (models.CodedError)."""

    @property
    def code(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


def failed_recording(error_code: str) -> str:
    """Why a recording failed, and what to do about it."""
    return _(FAILED_RECORDING.get(error_code, _FAILED))


def refusal_in_words(error: Coded) -> str:
    """Why something was refused, in the current language; what has no code here is returned as it is."""
    return _(REFUSALS.get(error.code, error.code), **error.values)


def wrong_fields_in_words(fields: Mapping[str, Coded]) -> dict[str, str]:
    """A sentence for each field that is wrong, by its path."""
    return {path: wrong_field_in_words(path, error) for path, error in fields.items()}


def wrong_field_in_words(path: str, error: Coded) -> str:
    """What is wrong with one field, in the current language."""
    match error.code:
        case "not_answered":
            return _(NOT_ANSWERED.get(path.rsplit(".", 1)[-1], WRONG_FIELDS["not_answered"]))
        case "package_has_songs":
            return package_has_songs(error.values["n"])
        case "not_sung":
            return _(WRONG_FIELDS["not_sung"], languages=joined(error.values["languages"]))
        case code if code in WRONG_FIELDS:
            return _(WRONG_FIELDS[code], **error.values)
    return refusal_in_words(error)


def package_has_songs(count: int) -> str:
    """How many songs there have to be."""
    return n_("This package has one song.", "This package has {n} songs.", count)


def refused_picture(code: str) -> str:
    """Why a photo was not taken, in the current language."""
    return _(REFUSED_PICTURES[code])


def title_of(recording: Titled) -> str | None:
    """Its title; songs of an older system may have none and are named after whom they are for. None while none is written."""
    return recording.title if recording.untitled_for is None else song_for(recording.untitled_for)


def song_for(name: str) -> str:
    """What a song is called by whom it is for; '' where there is no name, or none that our fonts can draw."""
    return _("A song for {name}", name=name) if name else _("A song for you")


def title_of_gift(own: str | None, name: str) -> str:
    """The title of a gift's song; one of an older system may have none of its `own`."""
    return own or _("For {name}", name=name)


def with_love_from(name: str) -> str:
    """Who gives it, below the heading of a card and of a video; '' as above."""
    return _("with love from {name}", name=name) if name else _("with love")


def made_with_ai(brand: str) -> str:
    """The small line of a card and of a video."""
    return _("Made with AI, with love. {brand}", brand=brand)


def moment_in_words(at: datetime, zone: str | None) -> str:
    """'Thursday, December 24, 2026, 6:00 PM (Europe/Berlin)', in the current language."""
    there = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone or "UTC"))
    return _(
        "{date}, {time} ({zone})",
        date=day(there, weekday=True),
        time=clock_time(there),
        zone=(zone or "UTC").replace("_", " "),
    )
