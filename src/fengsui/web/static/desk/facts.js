// What do an incident's and a unit's rows mean at this moment? Pure: rows, the time and the targets in, words' keys out.
//
// Targets are data of the page ({arrive_ms: {priority: ms}, accept_ms, stale_ms}); without them no ring is heavier than the
// others and nothing counts as slipping.

const ACTIVE = new Set(["ordered", "accepted", "en_route", "on_scene"]);
const RANK = { ordered: 0, accepted: 1, en_route: 2, on_scene: 3 };
const MINUTE = 60_000;

export const SECTIONS = ["need", "slip", "hand", "toclose", "done"];

export const startOf = (incident) => Date.parse(incident.clock_from ?? incident.received_at);
export const activeOf = (incident) => (incident.assignments ?? []).filter((one) => ACTIVE.has(one.status));
export const isActive = (assignment) => ACTIVE.has(assignment.status);
export const isOver = (incident) => incident.state === "closed" || incident.state === "cancelled";

/** The unit that is furthest on; the first ordered among equals. */
export const foremost = (incident) => activeOf(incident).sort((a, b) => RANK[b.status] - RANK[a.status] || when(a.ordered_at) - when(b.ordered_at))[0];

const when = (time) => (time ? Date.parse(time) : NaN);

/** When a unit on its way may be expected, or null where nobody can tell. A unit that has not left is counted from now. */
export function expectedAt(assignment, now) {
  if (assignment.ms == null || assignment.status === "on_scene" || !isActive(assignment)) return null;
  if (assignment.status === "en_route" && assignment.en_route_at) return Math.max(now, when(assignment.en_route_at) + assignment.ms);
  return now + assignment.ms;
}

/** The first expected arrival of all units on their way, or null. */
export function firstExpected(incident, now) {
  const times = activeOf(incident).map((one) => expectedAt(one, now)).filter((time) => time != null);
  return times.length ? Math.min(...times) : null;
}

/** When the first unit arrived, or null. */
export function arrivedAt(incident) {
  const times = (incident.assignments ?? []).map((one) => when(one.on_scene_at)).filter(Number.isFinite);
  return times.length ? Math.min(...times) : null;
}

export const limitOf = (incident, targets) => targets?.arrive_ms?.[incident.priority] ?? null;

/** Why an incident is about to go wrong, or null: nobody answers, the ring will be missed, the ring is missed. */
export function slipOf(incident, now, targets) {
  if (!targets || arrivedAt(incident) != null) return null;
  const units = activeOf(incident);
  const silent = units.find((one) => one.status === "ordered" && now - when(one.ordered_at) > targets.accept_ms);
  if (silent) return { why: "silent", unit: silent.unit, ms: now - when(silent.ordered_at) };
  const limit = limitOf(incident, targets);
  if (limit == null || !units.length) return null;
  if (now > startOf(incident) + limit) return { why: "missed", ms: now - startOf(incident) - limit };
  const first = firstExpected(incident, now);
  return first != null && first > startOf(incident) + limit ? { why: "will_miss", ms: first - startOf(incident) - limit } : null;
}

/** Which part of the queue an incident belongs to. */
export function sectionOf(incident, now, targets) {
  if (isOver(incident)) return "done";
  if (incident.to_close) return "toclose";
  if (!activeOf(incident).length) return "need";
  return slipOf(incident, now, targets) ? "slip" : "hand";
}

const STATUS_SYMBOL = { ordered: "dispatched", accepted: "accepted", en_route: "enroute", on_scene: "onscene" };

/** The symbol of an incident in the queue: its own while nobody is sent, then its foremost unit's. */
export function symbolOf(incident) {
  if (incident.state === "closed") return "closed";
  if (incident.state === "cancelled") return "cancelled";
  if (incident.to_close) return "toclose";
  const first = foremost(incident);
  return first ? STATUS_SYMBOL[first.status] : "fresh";
}

/** The key of the word under an incident's clock. */
export function stateWord(incident, slip) {
  if (isOver(incident)) return `state.${incident.state}`;
  if (incident.to_close) return "state.to_close";
  if (slip?.why === "silent") return "state.silent";
  const first = foremost(incident);
  return first ? `status.${first.status}` : "state.unsent";
}

/** The beacon line of an incident, in minutes since the call. */
export function beaconOf(incident, now, targets) {
  const start = startOf(incident);
  const minutes = (time) => (time - start) / MINUTE;
  const arrived = arrivedAt(incident);
  const first = arrived == null ? firstExpected(incident, now) : null;
  const acts = (incident.assignments ?? []).flatMap((one) => [one.ordered_at, one.accepted_at, one.en_route_at]).map(when).filter(Number.isFinite);
  const limit = limitOf(incident, targets);
  const end = isOver(incident) ? when(incident.ended_at) || now : now;
  return {
    limit: limit == null ? null : limit / MINUTE, now: minutes(end), eta: first == null ? null : minutes(first), arrived: arrived == null ? null : minutes(arrived),
    acts: acts.map(minutes).filter((minute) => minute >= 0).slice(0, 6), nobody: !isOver(incident) && !activeOf(incident).length && arrived == null,
  };
}

/** The order inside a part of the queue: the gravest that wait longest first, then the longest, then the newest. */
export function before(section, a, b) {
  const age = startOf(a) - startOf(b);
  if (section === "need") return a.priority - b.priority || age || text(a.id, b.id);
  if (section === "done") return when(b.ended_at) - when(a.ended_at) || text(a.id, b.id);
  return (section === "hand" ? -age : age) || text(a.id, b.id);
}
const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** `SQC-261124-0087` is 87 in the queue and 1124-0087 where it stands alone. */
export const shortNumber = (number) => (number ?? "").split("-").at(-1).replace(/^0+(?=\d)/, "");
export const dayNumber = (number) => (number ?? "").replace(/^.*-\d\d(\d{4}-\d+)$/, "$1");

/** How a unit stands: its symbol, the key of its letter, and since when. */
export function unitFace(unit, now, targets) {
  if (unit.state === "off_duty") return { symbol: "off", since: null };
  if (unit.state === "out_of_service") return { symbol: "struck", since: null };
  if (unit.state === "committed") return { symbol: STATUS_SYMBOL[unit.status] ?? "dispatched", since: when(unit.state_since) };
  const age = now - when(unit.position_at);
  if (targets?.stale_ms && !(age <= targets.stale_ms)) return { symbol: "stale", since: when(unit.position_at) };
  return { symbol: "available", since: null };
}

/** The place by its name in the register or its nearest street, else the pin by its degrees. What was typed is not in lists. */
export function placeOf(incident, words) {
  if (incident.place) return words.named({ zh: incident.place, en: incident.place_en });
  return incident.lon == null ? "" : `${incident.lon.toFixed(5)}, ${incident.lat.toFixed(5)}`;
}

/** When it ended, for one that did. */
export const endOf = (incident) => when(incident.ended_at ?? incident.received_at);

/** Call signs on the screen: 朔01 in Chinese, SQ01 in English. */
export function callName(units, callsign, words) {
  const unit = units.get(callsign);
  return unit?.name ? words.named(unit.name) : callsign;
}
