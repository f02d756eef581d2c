"""Form data: the fields of a form, their limits, their options, and the code of each mistake."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from jobs.addresses import BadAddressError, normal_address
from jobs.forms.choices import EMOTIONS, LYRICS_LEVELS, SOUND_LEVELS, STYLES, THEMES, VIBES, VOICES
from jobs.forms.song_languages import sung
from jobs.forms.wrong_fields import InvalidFormError, WrongFieldError

MOST_TOLD = 10_000  # characters of a story


def clean_answer(text: object) -> object:
    """Free text as it may be stored: trimmed, composed, without NUL, control characters or lone surrogates."""
    if not isinstance(text, str):
        return text
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.encode("utf-8", "ignore").decode()
    kept = (c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(kept).replace("\t", " ").strip()


def email_address(text: str) -> str:
    """The address as rows have it. Raises WrongFieldError."""
    try:
        return normal_address(text)
    except BadAddressError as error:
        raise WrongFieldError(error.code) from None


def _phone(text: str) -> str:
    if text and (len(text) < 6 or not set(text) <= set("0123456789 +-()./")):
        raise WrongFieldError("no_phone_number")
    return text


def _one_of(options: dict[str, tuple[str, str]]) -> AfterValidator:
    def check_form_data(value: str) -> str:
        if value and value not in options:
            raise WrongFieldError("no_such_option")
        return value

    return AfterValidator(check_form_data)


def free_text(most: int, least: int = 0) -> Any:
    """A cleaned string of `least` to `most` characters."""
    return Annotated[str, Field(min_length=least, max_length=most), BeforeValidator(clean_answer)]


def _emotions(value: object) -> object:
    return [value] if isinstance(value, str) and value else value or []


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class FoundWords(_Strict):
    """An answer that was found in the story: the words it came from. `own`: the customer has changed or removed it since."""

    words: free_text(600) = ""  # type: ignore[valid-type]
    own: bool = False


class SongData(_Strict):
    """One song's brief. Required: who, what they are to you, and the occasion; everything else makes the song better."""

    recipient_name: free_text(100, 1)  # type: ignore[valid-type] # pydantic reads the annotation, mypy cannot
    pronunciation: free_text(100) = ""  # type: ignore[valid-type]
    recipient_nickname: free_text(50) = ""  # type: ignore[valid-type]
    recipient_nickname2: free_text(50) = ""  # type: ignore[valid-type]
    relationship: free_text(50, 1)  # type: ignore[valid-type]
    theme: Annotated[free_text(40, 1), _one_of(THEMES)]  # type: ignore[valid-type]
    child_friendly: bool = False
    faith_based: bool = False
    short_phrase: free_text(200) = ""  # type: ignore[valid-type]
    emotions: Annotated[list[Annotated[str, _one_of(EMOTIONS)]], BeforeValidator(_emotions), Field(max_length=2)] = Field(
        default_factory=list
    )
    overall_message: free_text(300) = ""  # type: ignore[valid-type]
    story_summary: free_text(500) = ""  # type: ignore[valid-type]
    qualities: free_text(300) = ""  # type: ignore[valid-type]
    characteristics: free_text(300) = ""  # type: ignore[valid-type]
    grateful_for: free_text(300) = ""  # type: ignore[valid-type]
    activities_together: free_text(300) = ""  # type: ignore[valid-type]
    favorite_memory: free_text(300) = ""  # type: ignore[valid-type]
    location_details: free_text(300) = ""  # type: ignore[valid-type]
    must_include: free_text(300) = ""  # type: ignore[valid-type]
    never_mention: free_text(300) = ""  # type: ignore[valid-type]
    festive_lyrics_level: Annotated[free_text(40), _one_of(LYRICS_LEVELS)] = ""  # type: ignore[valid-type]
    festive_sound_level: Annotated[free_text(40), _one_of(SOUND_LEVELS)] = ""  # type: ignore[valid-type]
    voice_type: Annotated[free_text(40), _one_of(VOICES)] = ""  # type: ignore[valid-type]
    style: Annotated[free_text(40), _one_of(STYLES)] = ""  # type: ignore[valid-type]
    vibe: Annotated[free_text(40), _one_of(VIBES)] = ""  # type: ignore[valid-type]
    language: Annotated[free_text(20), AfterValidator(sung)] = "en"  # type: ignore[valid-type]
    story: free_text(MOST_TOLD) = ""  # type: ignore[valid-type]
    found_in_story: dict[Annotated[str, Field(max_length=40)], FoundWords] = Field(default_factory=dict, max_length=40)


class FormData(_Strict):
    """The whole form data, ready to compose from."""

    sender_name: free_text(100, 1)  # type: ignore[valid-type]
    sender_email: Annotated[free_text(100, 1), AfterValidator(email_address)]  # type: ignore[valid-type]
    sender_phone: Annotated[free_text(40), AfterValidator(_phone)] = ""  # type: ignore[valid-type]
    sender_message: free_text(200) = ""  # type: ignore[valid-type]
    delivery_speed: free_text(20) = ""  # type: ignore[valid-type] # older clients send it; it has no effect
    songs: list[SongData] = Field(min_length=1, max_length=5)


SONG_FIELDS = {to_camel(name) for name in SongData.model_fields}
TYPED_FIELDS = SONG_FIELDS - {"foundInStory"}  # what a customer may write
SENDER_FIELDS = {to_camel(name) for name in FormData.model_fields} - {"songs"}


def is_of_a_kind(value: Any) -> bool:
    """Whether code that reads drafts can take it though it is not right yet: text, a boolean, or a list of texts."""
    return isinstance(value, str | bool) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def reshape(form_data: dict[str, Any]) -> dict[str, Any]:
    """The older one-song shape, with the song's fields at the top, becomes the shape with `songs`."""
    if "songs" in form_data:
        return form_data
    song = {key: value for key, value in form_data.items() if key in SONG_FIELDS}
    return {**{key: value for key, value in form_data.items() if key not in SONG_FIELDS}, "songs": [song]}


def check_form_data(form_data: dict[str, Any], song_count: int) -> dict[str, Any]:
    """A complete form, cleaned, in camelCase; raises InvalidFormError with every mistake at once."""
    try:
        checked = FormData.model_validate(reshape(form_data))
    except ValidationError as error:
        raise InvalidFormError(dict(map(_mistake, error.errors()))) from None
    if len(checked.songs) != song_count:
        raise InvalidFormError({"songs": WrongFieldError("package_has_songs", n=song_count)})
    return checked.model_dump(by_alias=True)


def check_draft(form_data: dict[str, Any]) -> dict[str, Any]:
    """As `check` but for whatever is filled in so far: only what is there must be right, except that it may be unfinished."""
    shaped = reshape(form_data)
    try:
        FormData.model_validate(shaped)
    except ValidationError as error:
        wrong = dict(_mistake(one) for one in error.errors() if not _is_only_unfinished(one))
        if wrong:
            raise InvalidFormError(wrong) from None
    return dict(_cleaned(shaped))


def _is_only_unfinished(error: Any) -> bool:
    """Not there yet, or an address of which only the beginning is typed. A value of another type is an error at once."""
    kind, place = error["type"], error["loc"]
    not_given = error["input"] is None and isinstance(place[-1], str) and kind != "extra_forbidden"
    begun = kind == "value_error" and place in (("senderEmail",), ("senderPhone",))
    return not_given or begun or kind in ("missing", "string_too_short", "too_short")


def _cleaned(value: Any) -> Any:
    """Texts clean all the way down; null is left out."""
    if isinstance(value, dict):
        return {clean_answer(key): _cleaned(item) for key, item in value.items() if item is not None}
    return [_cleaned(item) for item in value] if isinstance(value, list) else clean_answer(value)


def check_field(path: str, value: Any) -> tuple[Any, WrongFieldError | None]:
    """One field as it is typed: the cleaned value, and what is wrong with it (None when it is fine)."""
    *prefix, name = path.split(".")
    model: type[BaseModel] = SongData if prefix else FormData
    cleaned = _cleaned(value)
    dummy = {"recipientName": "x", "relationship": "x", "theme": "birthday"}
    whole = dummy if prefix else {"senderName": "x", "senderEmail": "x@example.com", "songs": [dummy]}
    try:
        model.model_validate({**whole, name: cleaned})
    except ValidationError as error:
        return cleaned, _mistake(error.errors()[0])[1]
    return cleaned, None


def _mistake(error: Any) -> tuple[str, WrongFieldError]:
    """Where it is, and what is wrong there: one of pydantic's errors."""
    path = ".".join(map(str, error["loc"]))
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing" | "string_too_short":
            return path, WrongFieldError("not_answered")
        case "string_too_long":
            return path, WrongFieldError("too_long", most=limits["max_length"])
        case "too_long" if "emotions" in path:
            return path, WrongFieldError("one_or_two")
        case "too_long" | "too_short":
            return path, WrongFieldError("another_number_of_songs")
        case "extra_forbidden":
            return path, WrongFieldError("no_such_field", name=repr(path.rsplit(".", 1)[-1][:40]))
        case "value_error":
            return path, limits["error"]
        case _:
            return path, WrongFieldError("unexpected_value")
