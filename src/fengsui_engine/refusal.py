"""How the engine and the platform say no.

A refusal is an exception that helps the person: what happened, then what to do. Its class name gives a
stable code, its facts go with it, and its sentence is translated only when it is shown.
"""

import re
from typing import Any, ClassVar


def say(sentence: str) -> str:
    """Mark a sentence for the translators; it is looked up when it is shown."""
    return sentence


class Refusal(Exception):
    """Something asked for that is not done.

    Subclasses set `sentence` (English, with `%(fact)s` places, wrapped in `say`) and, where a face answers over HTTP,
    `status`. Facts are plain JSON values.
    """

    sentence: str = ""
    status: ClassVar[int] = 422

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    @property
    def code(self) -> str:
        """The stable name of this refusal: `UnitNotFree` is `unit_not_free`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    def __str__(self) -> str:
        return self.sentence % self.facts
