// What is the city like now, and what changed? One snapshot, then the stream; whoever wants to know listens.
//
// Listeners hear at most once a frame, with what changed since: {incidents: Set of ids, units: Set of call signs, closures: Set
// of ids, moved: Set of call signs, all: true after a snapshot}. Entries themselves are told one by one, for timelines.

import { KEY, NOWHERE, apply, isLost, moved, snapshot, upTo } from "./city.js";
import { follow } from "./stream.js";

const FRESH_AGAIN_MS = 1500;
/** A trouble is told again while it lasts; not heard of for so long, it is over. */
const TROUBLE_LASTS_MS = 5000;

export function makeLive({ page, api, clock }) {
  const changed = new Set();
  const entries = new Set();
  const states = new Set();
  let city = NOWHERE;
  let heardAt = null;
  let line = "connecting";
  const troubles = new Map();
  let stream = null;
  let pending = null;
  let frame = 0;
  let loading = null;

  function note(kind, key) {
    pending ??= nothingYet();
    if (kind === "all") pending.all = true;
    else pending[kind].add(key);
    // A page in the background gets no frames, and must not fall behind either.
    frame ||= document.hidden ? setTimeout(flush, 250) : requestAnimationFrame(flush);
  }
  function noteRows(rows = {}) {
    for (const [kind, key] of Object.entries(KEY)) for (const row of rows[kind] ?? []) note(kind, row[key]);
  }
  function flush() {
    frame = 0;
    const what = pending;
    pending = null;
    for (const listener of changed) listener(city, what);
  }
  const setLine = (next) => {
    line = next;
    for (const listener of states) listener(status());
  };
  const status = () => ({ line, heardAt, troubles: [...troubles.values()].filter((one) => clock.now() - one.heardAt < TROUBLE_LASTS_MS) });

  /** Load the board, then follow from its number. Asked twice at once, it is done once. */
  function load() {
    loading ??= api
      .get(page.board)
      .then((board) => {
        city = withEnded(snapshot(board), city);
        heardAt = clock.now();
        note("all");
        loadEnded();
        stream ? stream.again() : (stream = follow(page.live, () => city.last, hears));
      })
      .catch(() => {
        setLine("away");
        setTimeout(() => load(), FRESH_AGAIN_MS * 2);
      })
      .finally(() => (loading = null));
    return loading;
  }

  /** Those that ended shortly before, so that they can be reopened after a reload too. */
  async function loadEnded() {
    if (!page.closed) return;
    const answer = await api.get(page.closed).catch(() => null);
    city = apply(city, { seq: city.last, rows: { incidents: answer?.items ?? [] } });
    note("all");
  }

  const hears = {
    entry(entry) {
      city = apply(city, entry);
      noteRows(entry.rows);
      for (const listener of entries) listener(entry);
    },
    position(position) {
      city = moved(city, position);
      note("moved", position.unit);
    },
    cursor(span) {
      if (isLost(city, span)) load();
      else city = upTo(city, span);
    },
    resync: () => load(),
    health(trouble) {
      troubles.set(trouble.what, { ...trouble, heardAt: clock.now() });
      setLine(line);
    },
    heard() {
      heardAt = clock.now();
      if (line !== "open") setLine("open");
    },
    state: setLine,
  };

  load();
  return {
    city: () => city,
    status,
    /** Hear what changed: `listener(city, what)`. Called at once when there is a city already. */
    onChange(listener) {
      changed.add(listener);
      if (city !== NOWHERE) listener(city, { ...nothingYet(), all: true });
      return () => changed.delete(listener);
    },
    onEntry(listener) {
      entries.add(listener);
      return () => entries.delete(listener);
    },
    onStatus(listener) {
      states.add(listener);
      listener(status());
      return () => states.delete(listener);
    },
    /** What an answer told us before the stream did: rows of the stream, merged the same way. */
    learn(rows) {
      city = apply(city, { seq: city.last, rows });
      noteRows(rows);
    },
    reload: load,
  };
}

const nothingYet = () => ({ incidents: new Set(), units: new Set(), closures: new Set(), moved: new Set(), all: false });

/** A snapshot has open incidents only; those that ended before our eyes stay to be reopened. */
function withEnded(fresh, old) {
  const incidents = new Map(fresh.incidents);
  for (const [id, row] of old.incidents) if (!incidents.has(id) && (row.state === "closed" || row.state === "cancelled")) incidents.set(id, row);
  return { ...fresh, incidents };
}
