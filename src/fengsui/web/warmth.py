"""Whether the road kernels are loaded: they warm in the background while the first pages are already served."""

import gc
import threading
from collections.abc import Callable

from fengsui.places.city import city
from fengsui_engine.roads import warm_up


class Warmth:
    def __init__(self) -> None:
        self.is_warm = False
        self.waits_for: Callable[[], object] = lambda: None
        """Called first: the first start on a machine compiles the kernels in a process beside this one."""

    def begin(self) -> None:
        """Start warming, in a thread."""
        threading.Thread(target=self._warm, name="warm-up", daemon=True).start()

    def _warm(self) -> None:
        self.waits_for()
        city()
        warm_up()
        # numba leaves 150,000 objects behind; a full collection over them would stop the server for a quarter second.
        gc.collect()
        gc.freeze()
        self.is_warm = True


warmth = Warmth()
