"""What a benchmark tells: the same shape for every job."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fengsui_engine.refusal import say


@dataclass(frozen=True)
class Row:
    """One engine on one input."""

    engine: str
    version: str
    draw: str
    p50_ms: float
    p99_ms: float
    peak_mb: float
    exact: bool
    """Its answers are those of the others."""


@dataclass(frozen=True)
class Report:
    """All engines on all inputs, in one run."""

    job: str
    input: dict[str, Any]
    rows: list[Row]
    facts: dict[str, Any] = field(default_factory=dict)
    """Figures that fit no row."""
    remarks: list[str] = field(default_factory=list)
    """The same in words, for people."""

    def as_json(self) -> dict[str, Any]:
        """The contract's shape, and `facts`."""
        rows = [vars(row) for row in self.rows]
        return {"job": self.job, "input": self.input, "machine": machine(), "rows": rows, "facts": self.facts}

    def as_table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Heads and rows for people."""
        heads = (say("engine"), say("draw"), "p50 ms", "p99 ms", say("peak MB"), say("exact"))
        rows: list[tuple[str, ...]] = [
            (
                f"{row.engine} {row.version}",
                row.draw,
                f"{row.p50_ms:.3f}",
                f"{row.p99_ms:.3f}",
                f"{row.peak_mb:.0f}",
                "yes" if row.exact else "NO",
            )
            for row in self.rows
        ]
        return heads, rows


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": load,
    }


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in told if line.startswith("model name")), platform.machine())
