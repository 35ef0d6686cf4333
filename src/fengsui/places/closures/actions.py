"""What is done to a street: it is closed, opened again, opened by its time, and looked for on a new road file."""

from datetime import datetime, timedelta
from uuid import UUID

from fengsui.base.actors import Actor, system
from fengsui.base.clock import rfc3339
from fengsui.base.models import RetentionRule
from fengsui.journal.record import act, record
from fengsui.places.city import City, city
from fengsui.places.closures.models import Closure, State
from fengsui.places.closures.path import LonLat, path_between, pieces_of
from fengsui.places.closures.refusals import UntilHasPassed
from fengsui.places.closures.rows import names

RETENTION = "closures"


def close_street(
    *,
    start: LonLat,
    end: LonLat,
    one_way: bool,
    until: datetime | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> Closure:
    """Close the streets between two points.

    Raises:
        UntilHasPassed: it would be over before it begins.
        FarFromRoad, NoPath, PathTooLong: see `path_between`.
    """
    if until is not None and until <= now:
        raise UntilHasPassed(until=rfc3339(until))
    here = city()
    path = path_between(here, start, end, one_way=one_way)
    made = Closure(
        centre_code=by.centre,
        closed_at=now,
        until=until,
        one_way=one_way,
        reason=reason,
        metres=path.metres,
        streets=names(path.streets),
        line=path.line,
        pieces=pieces_of(here.roads, path.edges),
        roads=here.roads.digest,
    )
    return _close(made, by=by, now=now)


@act()
def _close(made: Closure, *, by: Actor, now: datetime) -> Closure:
    made.save(force_insert=True)
    facts = {
        "metres": round(made.metres),
        "one_way": made.one_way,
        "pieces": [piece[:3] for piece in made.pieces],
        "roads": made.roads,
        "until": None if made.until is None else rfc3339(made.until),
    }
    record("closure.made", centre=made.centre_code, about=[made], by=by, facts=facts, now=now)
    return made


@act()
def lift_closure(*, closure: Closure, by: Actor, now: datetime) -> Closure:
    """Open the street again. One that is open already stays so, and nothing is written."""
    fresh: Closure = Closure.objects.select_for_update().get(pk=closure.pk)
    if fresh.state == State.CLOSED:
        _lift(fresh, "closure.lifted", by=by, now=now)
    return fresh


def expire_closures(*, now: datetime) -> int:
    """Open what was closed until a time that has passed. How many there were."""
    due = list(Closure.objects.due(now).values_list("pk", flat=True))
    return sum(_expire(pk, now=now) for pk in due)


@act()
def _expire(pk: UUID, *, now: datetime) -> bool:
    fresh: Closure | None = Closure.objects.select_for_update().due(now).filter(pk=pk).first()
    if fresh is None:  # somebody lifted it a moment ago
        return False
    _lift(fresh, "closure.expired", by=system(fresh.centre_code), now=now)
    return True


def _lift(closure: Closure, what: str, *, by: Actor, now: datetime) -> None:
    closure.state, closure.lifted_at, closure.version = State.LIFTED, now, closure.version + 1
    closure.save(update_fields=["state", "lifted_at", "version"])
    record(what, centre=closure.centre_code, about=[closure], by=by, facts={}, now=now)


def forget_closures(*, now: datetime) -> int:
    """Delete the rows of closures that were lifted long ago; the journal keeps that they were. How many there were."""
    rule = RetentionRule.objects.get(code=RETENTION)
    old = Closure.objects.filter(state=State.LIFTED, lifted_at__lt=now - timedelta(days=rule.days))
    return int(_forget(list(old.values_list("pk", flat=True))))


@act()
def _forget(pks: list[UUID]) -> int:
    n_deleted, _ = Closure.objects.filter(pk__in=pks).delete()
    return int(n_deleted)


def reattach_closures(here: City, *, now: datetime) -> int:
    """Look for every closure in force on the city's road file; how many are not whole there.

    Each that was put on another file writes an entry, which tells the desks.
    """
    put_elsewhere = Closure.objects.in_force().exclude(roads=here.roads.digest)
    for pk in list(put_elsewhere.values_list("pk", flat=True)):
        _reattach(pk, here, now=now)
    return int(Closure.objects.in_force().filter(missing__gt=0).count())


@act()
def _reattach(pk: UUID, here: City, *, now: datetime) -> None:
    put_elsewhere = Closure.objects.in_force().exclude(roads=here.roads.digest)
    closure: Closure | None = Closure.objects.select_for_update().filter(pk__in=put_elsewhere, pk=pk).first()
    if closure is None:  # another process did it, or somebody lifted it a moment ago
        return
    edges, missing = here.attacher.attach(closure.pieces)
    was_missing, closure.missing, closure.roads = closure.missing, missing, here.roads.digest
    closure.version += 1
    closure.save(update_fields=["missing", "roads", "version"])
    what = "closure.detached" if missing else "closure.attached"
    facts = {"edges": len(edges), "missing": missing, "was_missing": was_missing, "roads": closure.roads}
    record(what, centre=closure.centre_code, about=[closure], by=system(closure.centre_code), facts=facts, now=now)
