"""What a person saw, against what is.

Every change raises the version of an incident, its assignments' included. An act that carries the version its person
saw is refused only if something that matters to the decision changed since: the state, the place, the type, the
priority or the set of units. A note or a status on the way does not stop a dispatcher.
"""

from typing import Any

from fengsui.incidents.models import Incident
from fengsui.incidents.refusals import ChangedMeanwhile

FACETS = ("state", "place", "type", "priority", "units")


def locked(incident: Incident) -> Incident:
    """The incident as it is now, held until the act's end."""
    fresh: Incident = Incident.objects.select_for_update().get(pk=incident.pk)
    return fresh


def require_unchanged(incident: Incident, version: int) -> None:
    """Go on if what matters is as it was at `version`.

    Raises:
        ChangedMeanwhile: with the present version and the facets that changed.
    """
    changed = [facet for facet in FACETS if incident.facets[facet] > version]
    if changed or version > incident.version:
        raise ChangedMeanwhile(version=incident.version, changed=changed)


def change(incident: Incident, *facets: str, **fields: Any) -> None:
    """Write `fields`, raise the version, and remember that `facets` changed with it."""
    incident.version += 1
    incident.facets = incident.facets | dict.fromkeys(facets, incident.version)
    for name, value in fields.items():
        setattr(incident, name, value)
    incident.save(update_fields=["version", "facets", *fields])
