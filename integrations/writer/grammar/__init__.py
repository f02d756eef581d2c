"""Grammar: turns the customer's words into lines that are sung to the recipient."""

from __future__ import annotations

from integrations.writer.grammar.plain import Grammar, Person, Relations

__all__ = ["Grammar", "Person", "grammar_of"]


def grammar_of(code: str, relations: Relations, join: str) -> Grammar:
    """The grammar of a language; each is imported, with its word lists, only where somebody sings in it."""
    kind: type[Grammar] = Grammar
    if code == "en":
        from integrations.writer.grammar.english import English as kind
    elif code == "es":
        from integrations.writer.grammar.spanish import Spanish as kind
    return kind(relations, join)
