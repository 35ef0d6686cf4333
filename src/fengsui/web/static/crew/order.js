// What is this crew's order, and how far has it come? Pure: the rows of the city and the acts that still wait go in.

const RANK = { ordered: 0, accepted: 1, en_route: 2, on_scene: 3, cleared: 4, declined: 4, recalled: 4 };
const TIME_OF = { accepted: "accepted_at", en_route: "en_route_at", on_scene: "on_scene_at", cleared: "ended_at", declined: "ended_at" };

export const NEXT = { ordered: "accepted", accepted: "en_route", en_route: "on_scene", on_scene: "cleared" };
export const STEPS = ["accepted", "en_route", "on_scene", "cleared"];
const isActive = (status) => RANK[status] < RANK.cleared;

/** The assignment as this crew knows it: the server's row, and what was pressed here since. */
export function withActs(assignment, acts) {
  return acts
    .filter((act) => act.assignment === assignment.id && RANK[act.status] > RANK[assignment.status])
    .reduce((known, act) => ({ ...known, status: act.status, [TIME_OF[act.status]]: act.at, unsent: [...(known.unsent ?? []), act.status] }), assignment);
}

/** {incident, assignment} that the crew is on, or null. */
export function ownOrder(incidents, callsign, acts) {
  for (const incident of incidents) {
    const row = (incident.assignments ?? []).find((one) => one.unit === callsign && isActive(one.status));
    const assignment = row && withActs(row, acts);
    if (assignment && isActive(assignment.status)) return { incident, assignment };
  }
  return null;
}

/** The unit's state with what was pressed here since. */
export const ownState = (unit, acts) => acts.filter((act) => act.state).at(-1)?.state ?? unit?.state ?? null;

/**
 * How an order ended that this crew did not end itself, or null: "cancelled", "recalled", "closed", "cleared", "declined".
 * `left` is what the phone remembers of it: {assignment, incident}.
 */
export function endedByOthers(left, incidents) {
  const incident = left && incidents.find((one) => one.id === left.incident);
  const row = incident?.assignments?.find((one) => one.id === left.assignment);
  if (!row || isActive(row.status)) return null;
  if (row.status === "recalled") return incident.state === "cancelled" ? "cancelled" : "recalled";
  if (row.status === "cleared") return incident.state === "closed" ? "closed" : "cleared";
  return "declined";
}

/** Metres between two places, near enough for "has it moved". */
export function metres(a, b) {
  const east = (a[0] - b[0]) * 111_200 * Math.cos((a[1] * Math.PI) / 180);
  return Math.hypot(east, (a[1] - b[1]) * 111_200);
}
