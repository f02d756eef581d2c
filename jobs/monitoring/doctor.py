"""Everything that can be looked at without changing anything: the configuration, and the invariants of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jobs.generation.authors import who_wrote
from jobs.monitoring.check_results import CheckResult, CheckVerdict
from jobs.monitoring.configuration_checks import check_configuration
from jobs.monitoring.invariants import Finding, findings, lost_songs, torn_timelines, waiting_jobs
from models import in_database


@dataclass(frozen=True)
class Examination:
    """What the doctor found."""

    configuration: dict[str, CheckResult]
    invariants: list[Finding]
    lyrics: str = ""  # who wrote the last ones

    @property
    def is_broken(self) -> bool:
        """Something does not work, or a row is not as it must be. A warning alone is neither."""
        return self._count(CheckVerdict.BROKEN) > 0

    def lines(self) -> Iterator[str]:
        """For people: one line each, below it what to do, and a last line with the counts."""
        for name, one in self.configuration.items():
            yield f"{one.verdict:7} {name:16} {one.found}"
            if one.to_do:
                yield f"{'':24} -> {one.to_do}"
        yield f"{'':7} {'lyrics':16} {self.lyrics}"
        for rule in self.invariants:
            yield f"{_verdict(rule):7} {rule.name:14} {rule.count:6} {rule.promise}"
            yield from (f"{'':30} {row_id}" for row_id in rule.ids)
        broken, doubtful = self._count(CheckVerdict.BROKEN), self._count(CheckVerdict.WARNING)
        yield (
            f"{broken} broken, {doubtful} warnings; docs/operations.md says what to do" if broken or doubtful else "all is well"
        )

    def as_json(self) -> dict[str, Any]:
        """For machines: the same."""
        return {
            "broken": self._count(CheckVerdict.BROKEN),
            "warnings": self._count(CheckVerdict.WARNING),
            "configuration": [
                {"name": name, "verdict": one.verdict, "found": one.found, "toDo": one.to_do}
                for name, one in self.configuration.items()
            ],
            "lyrics": self.lyrics,
            "invariants": [
                {"name": rule.name, "verdict": _verdict(rule), "promise": rule.promise, "count": rule.count, "ids": rule.ids}
                for rule in self.invariants
            ],
        }

    def _count(self, verdict: CheckVerdict) -> int:
        verdicts = [one.verdict for one in self.configuration.values()] + [_verdict(rule) for rule in self.invariants]
        return verdicts.count(verdict)


def examine() -> Examination:
    """Try the configuration, then ask the rows. Needs a database that answers; everything else may be away."""
    return Examination(
        check_configuration(),
        in_database(lambda: [*findings(), lost_songs(), waiting_jobs(), torn_timelines()]),
        in_database(who_wrote),
    )


def _verdict(rule: Finding) -> CheckVerdict:
    return CheckVerdict.BROKEN if rule.count else CheckVerdict.OK
