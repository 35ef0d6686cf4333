"""How much memory did this process hold?"""

import resource
import sys
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb() -> float:
    """The most that it held. On Linux `ru_maxrss` is inherited from the parent; `VmHWM` is not."""
    if STATUS.exists():
        return _told("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def forget_peak() -> float:
    """Let the peak begin anew, where the system can; what is held now, in MB."""
    try:
        CLEAR.write_text("5", encoding="ascii")
        return _told("VmRSS")
    except OSError:
        return float("nan")


def _told(name: str) -> float:
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024
