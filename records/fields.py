"""What all tables share, and columns that read older systems' rows as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from peewee import CharField, DoesNotExist, JSONField, Model

from records.database import LOGGED, NotFoundError, database

Row = TypeVar("Row", bound=Model)


class Table(Model):
    """A table whose rows have a lifecycle are never `.save()`d: see `move` and the verbs."""

    noun = ""
    if TYPE_CHECKING:  # every table with a lifecycle has these columns
        id: Any
        status: Any
        form: Any
        form_id: str
        user_id: str | None

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True

    @classmethod
    def find(cls: type[Row], row_id: str) -> Row:
        """The row, or NotFoundError."""
        try:
            return cls.get_by_id(row_id)
        except DoesNotExist:
            raise NotFoundError(f"no {cls.__name__} {row_id[:LOGGED]!r}") from None


class NeverNullField(JSONField):
    """jsonb that is never None: rows of an older system may hold NULL where ours hold an empty list or object."""

    def python_value(self, value: Any) -> Any:
        """The value in the row, or this field's empty one."""
        value = super().python_value(value)  # type: ignore[no-untyped-call]
        empty = self.default()
        return value if isinstance(value, type(empty)) else empty


class FormDataField(NeverNullField):
    """formData; the older shape of one song, its fields at the top, is read as the shape with `songs`."""

    def python_value(self, value: Any) -> Any:
        """`{senderName, ..., songs: [...]}` always."""
        stored = super().python_value(value)
        if isinstance(stored.get("songs"), list):
            return stored
        ours = {name: text for name, text in stored.items() if name.startswith("sender") or name == "deliverySpeed"}
        return {**ours, "songs": [{name: value for name, value in stored.items() if name not in ours and name != "songs"}]}


class SelectionField(NeverNullField):
    """{"0": 2}; an older system also wrote {"0": [2, 3]}, of which the first counts."""

    def python_value(self, value: Any) -> Any:
        """One number per song."""
        found = {song: one[0] if isinstance(one, list) and one else one for song, one in super().python_value(value).items()}
        return {song: one for song, one in found.items() if isinstance(one, int)}


class AliasedField(CharField):
    """Values of an older system are read, and searched for, as ours; what we write is ours."""

    def __init__(self, length: int, older: dict[str, str], **more: Any) -> None:
        super().__init__(length, **more)
        self.older = older

    def python_value(self, value: Any) -> Any:
        """Our value."""
        return self.older.get(value, value)

    def in_(self, rhs: Any) -> Any:
        """Also the older values for any of these."""
        return super().in_(self._older(rhs))

    def not_in(self, rhs: Any) -> Any:
        """Neither these nor the older values for them."""
        return super().not_in(self._older(rhs))

    def _older(self, rhs: Any) -> Any:
        return [*rhs, *(old for old, ours in self.older.items() if ours in rhs)] if isinstance(rhs, list | tuple | set) else rhs

    def __eq__(self, rhs: Any) -> Any:
        return self.in_([rhs]) if isinstance(rhs, str) else super().__eq__(rhs)

    def __ne__(self, rhs: Any) -> Any:
        return self.not_in([rhs]) if isinstance(rhs, str) else super().__ne__(rhs)

    __hash__ = CharField.__hash__
