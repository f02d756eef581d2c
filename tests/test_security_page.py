"""docs/security.md answers each requirement of OWASP ASVS 5.0.0, levels 1 and 2, once, in one of four words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

PAGE = (Path(__file__).parent.parent / "docs/security.md").read_text()
# The requirements of both levels, by section. Those of level 3 are mostly the last of a section, and left out.
ASKED = """
1.1.1–1.1.2 1.2.1–1.2.9 1.3.1–1.3.11 1.4.1–1.4.3 1.5.1–1.5.2 2.1.1–2.1.3 2.2.1–2.2.3 2.3.1–2.3.4 2.4.1–2.4.1
3.2.1–3.2.2 3.3.1–3.3.4 3.4.1–3.4.6 3.5.1–3.5.5 3.7.1–3.7.2 4.1.1–4.1.3 4.2.1–4.2.1 4.3.1–4.3.2 4.4.1–4.4.4
5.1.1–5.1.1 5.2.1–5.2.3 5.3.1–5.3.2 5.4.1–5.4.3 6.1.1–6.1.3 6.2.1–6.2.12 6.3.1–6.3.4 6.4.1–6.4.4 6.5.1–6.5.5 6.6.1–6.6.3
6.8.1–6.8.4 7.1.1–7.1.3 7.2.1–7.2.4 7.3.1–7.3.2 7.4.1–7.4.5 7.5.1–7.5.2 7.6.1–7.6.2 8.1.1–8.1.2 8.2.1–8.2.3 8.3.1–8.3.1
8.4.1–8.4.1 9.1.1–9.1.3 9.2.1–9.2.4 10.1.1–10.1.2 10.2.1–10.2.2 10.3.1–10.3.4 10.4.1–10.4.11 10.5.1–10.5.5 10.6.1–10.6.2
10.7.1–10.7.3 11.1.1–11.1.2 11.2.1–11.2.3 11.3.1–11.3.3 11.4.1–11.4.4 11.5.1–11.5.1 11.6.1–11.6.1 12.1.1–12.1.3 12.2.1–12.2.2
12.3.1–12.3.4 13.1.1–13.1.1 13.2.1–13.2.5 13.3.1–13.3.2 13.4.1–13.4.5 14.1.1–14.1.2 14.2.1–14.2.4 14.3.1–14.3.3 15.1.1–15.1.3
15.2.1–15.2.3 15.3.1–15.3.7 16.1.1–16.1.1 16.2.1–16.2.5 16.3.1–16.3.4 16.4.1–16.4.3 16.5.1–16.5.3 17.1.1–17.1.1 17.2.1–17.2.4
17.3.1–17.3.2
"""
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if re.match(r"\| \d", line)]


def numbers(text: str) -> list[str]:
    """`1.2.1–1.2.3, 1.3.1` as single numbers."""
    found = []
    for first, _, last in (part.partition("–") for part in re.split(r",?\s+", text.strip())):
        section, _, begin = first.rpartition(".")
        found += [f"{section}.{number}" for number in range(int(begin), int((last or first).rpartition(".")[2]) + 1)]
    return found


def test_each_requirement_is_answered_once() -> None:
    answered = Counter(number for row in ROWS for number in numbers(row[0]))
    assert [number for number, times in answered.items() if times > 1] == []
    assert set(answered) == set(numbers(ASKED))
    assert len(answered) == 253


def test_the_counts_are_true() -> None:
    counted: Counter[str] = Counter()
    for row in ROWS:
        counted[row[3]] += len(numbers(row[0]))
    said = re.findall(r"^\| (test|code|n/a|open) \| .* \| (\d+) \|$", PAGE, re.MULTILINE)
    assert {word: int(count) for word, count in said} == dict(counted)


def test_what_a_test_is_said_to_prove_names_one() -> None:
    assert [row[0] for row in ROWS if row[3] == "test" and not re.search(r"`\w+::test_\w+`", row[4])] == []
    assert [row[0] for row in ROWS if row[3] != "test" and not row[4]] == []
