"""The demo's switch as pages see it: speed and pause of the generator. Empty where there is no demo."""

from typing import Any, Protocol


class Generator(Protocol):
    def state(self) -> dict[str, Any]: ...
    def set(self, *, speed: int | None = None, paused: bool | None = None) -> None: ...
    def one_click(self) -> list[dict[str, Any]]: ...


class _Switch:
    """Holds the generator that the demo puts here when it starts; the web does not import the demo."""

    def __init__(self) -> None:
        self.generator: Generator | None = None

    def state(self) -> dict[str, Any] | None:
        return None if self.generator is None else self.generator.state()


demo_switch = _Switch()
