"""The figures of several processes told as one: what counts is added up, and goes on after a process has ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

# Of these the least is told: since when the oldest part of the program runs.
_LEAST: Final = ("_created", "process_start_time_seconds", "process_max_fds")
_GAUGE: Final = "gauge"


@dataclass(slots=True)
class Family:
    """One metric: its lines of explanation, and its samples by name and labels."""

    lines: list[str] = field(default_factory=list)
    kind: str = ""
    samples: dict[str, float] = field(default_factory=dict)


def add_up(texts: Iterable[str], *, gone: str = "") -> str:
    """Add up the figures of processes, each in Prometheus' text format.

    ``gone`` is what processes that ended had counted: of it all is added but the gauges, which say how things are now.
    """
    total: dict[str, Family] = {}
    for text in texts:
        _add(total, _read(text), gauges=True)
    _add(total, _read(gone), gauges=False)
    return _write(total)


def _read(text: str) -> dict[str, Family]:
    families: dict[str, Family] = {}
    family = Family()
    for line in text.splitlines():
        if line.startswith("#"):
            _, word, name, *rest = line.split(" ", 3)
            family = families.setdefault(name, Family())
            family.lines.append(line)
            if word == "TYPE":
                family.kind = rest[0]
        elif line:
            sample, _, value = line.rpartition(" ")
            family.samples[sample] = float(value)
    return families


def _add(total: dict[str, Family], families: dict[str, Family], *, gauges: bool) -> None:
    for name, family in families.items():
        if family.kind == _GAUGE and not gauges:
            continue
        known = total.setdefault(name, Family(family.lines, family.kind))
        for sample, value in family.samples.items():
            if sample not in known.samples:
                known.samples[sample] = value
            elif name.endswith(_LEAST):
                known.samples[sample] = min(known.samples[sample], value)
            else:
                known.samples[sample] += value


def _write(families: dict[str, Family]) -> str:
    lines = [
        line
        for family in families.values()
        for line in (*family.lines, *(f"{sample} {value!r}" for sample, value in family.samples.items()))
    ]
    return "\n".join(lines) + "\n"
