// The city as the browser knows it: one snapshot, then entries, each with the present rows of what it is about.
//
// Everything here is pure: a city goes in, the next city comes out, and what did not change is the same object. The rule that
// holds it together: of two rows with the same key the higher version stays. A late or repeated entry therefore does no harm,
// and an old snapshot plus the entries since equals the new snapshot.

/** What tells two rows of a kind apart. */
export const KEY = { incidents: "id", units: "callsign", closures: "id" };

/** Rows that the board leaves out. They are kept here, so that a late entry cannot bring them back to life. */
const OVER = { incidents: (row) => row.state === "closed" || row.state === "cancelled", units: () => false, closures: (row) => row.state === "lifted" };

/** So many ended rows are remembered; older ones cannot come again, the stream is past them. */
const REMEMBERED = 500;

export const NOWHERE = Object.freeze({ last: 0, incidents: new Map(), units: new Map(), closures: new Map() });

/** A city from what `GET board` answered. */
export function snapshot(board) {
  const city = { last: board.last };
  for (const [kind, key] of Object.entries(KEY)) city[kind] = new Map((board[kind] ?? []).map((row) => [row[key], row]));
  return city;
}

/** The city after one entry of the stream. An entry that was seen already, or that comes late, changes no row. */
export function apply(city, entry) {
  const next = { ...city, last: Math.max(city.last, entry.seq) };
  for (const [kind, rows] of Object.entries(entry.rows ?? {})) {
    if (kind in KEY) next[kind] = merged(city[kind], rows, kind); // a newer server may send kinds that this page does not know
  }
  return next;
}

/** The city after a unit was heard from. Positions raise no version; the newest stays. */
export function moved(city, { unit, lon, lat, at }) {
  const row = city.units.get(unit);
  if (!row || row.state === "off_duty" || isBefore(at, row.position_at)) return city;
  return { ...city, units: new Map(city.units).set(unit, { ...row, lon, lat, position_at: at }) };
}

/** What `event: cursor` [from, to] means: a `from` beyond the reader's number is a hole, the board must be loaded again. */
export const isLost = (city, [from]) => from > city.last;

/** The city after a cursor: the numbers up to `to` are accounted for, those that are not for this reader included. */
export const upTo = (city, [, to]) => (to > city.last ? { ...city, last: to } : city);

/** The rows that a board would show now. */
export const present = (city, kind) => [...city[kind].values()].filter((row) => !OVER[kind](row));

/** Incidents that ended while we watched or that were loaded as such, the latest first. */
export const justClosed = (city, n) =>
  [...city.incidents.values()].filter(OVER.incidents).sort((a, b) => ended(b) - ended(a)).slice(0, n);

const ended = (row) => Date.parse(row.ended_at ?? row.received_at ?? 0);

export const isOver = (incident) => OVER.incidents(incident);

function merged(known, rows, kind) {
  const next = new Map(known);
  for (const row of rows) {
    const key = row[KEY[kind]];
    const old = next.get(key);
    if (!old || row.version > old.version) next.set(key, withNewestPosition(row, old));
    else if (row.version === old.version && isBefore(old.position_at, row.position_at)) next.set(key, row);
  }
  return forgetful(next, kind);
}

/** A row is read when its entry is; the position heard since is newer. A unit off duty has none, wherever it was last. */
function withNewestPosition(row, old) {
  if (row.state === "off_duty" || !old?.position_at || !isBefore(row.position_at, old.position_at)) return row;
  return { ...row, lon: old.lon, lat: old.lat, position_at: old.position_at };
}

/** RFC 3339 with `Z` and equal precision sorts as text; nothing at all is before everything. */
const isBefore = (a, b) => (a ?? "") < (b ?? "");

function forgetful(rows, kind) {
  if (rows.size <= 2 * REMEMBERED) return rows;
  const over = [...rows].filter(([, row]) => OVER[kind](row));
  for (const [key] of over.slice(0, Math.max(0, over.length - REMEMBERED))) rows.delete(key);
  return rows;
}
