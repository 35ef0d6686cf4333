"""Who does something here.

An actor is what the verbs, the journal and the access lines know of a person or a program: an id, a role and the area
it holds in. Never a name: names stay in `accounts`.
"""

from dataclasses import dataclass

from fengsui.base.areas import covers


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a role in an area.

    Attributes:
        id: the account's or the program's id (a UUID as text, or `system`).
        role: one of the roles of `accounts.who_may`.
        area: code of the area the role holds in; everything below it is within reach.
        centre: the command centre whose journal takes this actor's acts when the object does not say.
        unit: the call sign a crew speaks for, else None.
        source: the name under which reports of this actor come in (`desk` for desk roles).
        origin: who speaks on a report: caller, device, resident, agency or officer.
    """

    id: str
    role: str
    area: str
    centre: str
    unit: str | None = None
    source: str = "desk"
    origin: str = "caller"

    def reaches(self, code: str) -> bool:
        """Whether something in area `code` is within this actor's area."""
        return covers(self.area, code)

    @property
    def how(self) -> str:
        """How a time of this actor's came to be: a crew's button, a rule, or the desk's hand."""
        return {"crew": "button", "system": "system"}.get(self.role, "desk")


def system(centre: str) -> Actor:
    """The product itself, acting by a rule (retention, a timer) in a centre's journal."""
    return Actor(id="system", role="system", area=centre, centre=centre, source="system", origin="agency")
