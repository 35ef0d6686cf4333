"""Which unit goes: a ranking is a policy over arrays, and its reasons are told afterwards.

A policy takes (n_units,) arrays and gives back positions, best first. The desk and the simulator call the same one,
so a study tells the truth about the desk.
"""

from fengsui_engine.dispatching.nearest_first import POLICY_VERSION, nearest_first
from fengsui_engine.dispatching.reasons import reasons_against, reasons_for

__all__ = ["POLICY_VERSION", "nearest_first", "reasons_against", "reasons_for"]
