// Which streets is somebody about to close? Two ends, and the path between them as the server finds it; nothing is closed yet.
//
// The first end stands, the second follows the pointer until it is set; another click moves it. "closing" on the page's bus
// tells of every change. What was begun is kept when a call comes in between.

import { actsOf } from "../acts.js";
import { deskOf } from "../desk.js";
import { endsOf } from "./facts.js";

/** The pointer must rest so long before the path to it is asked. */
const RESTS_MS = 120;
/** So long what was closed can be undone with one key. */
const UNDO_MS = 12_000;

const NOTHING = Object.freeze({ start: null, end: null, isSet: false, isOneWay: false, path: null, fault: null, isAsking: false, again: null });

const made = new WeakMap();

export function closingOf(context) {
  if (!made.has(context)) made.set(context, makeClosing(context, deskOf(context)));
  return made.get(context);
}

function makeClosing(context, desk) {
  const { api, bus, clock } = context;
  // start, end: {lon, lat, name} · isSet: the end is no longer the pointer's · path: the server's answer · again: the closure it stands for
  let draft = NOTHING;
  let asking = null;
  let timer = null;
  let undoable = null; // {row, until}: what was closed a moment ago

  function put(patch) {
    draft = { ...draft, ...patch };
    bus.emit("closing", draft);
  }
  function drop() {
    clearTimeout(timer);
    asking?.abort();
  }
  async function ask() {
    drop();
    const { start, end, isOneWay } = draft;
    if (!start || !end) return put({ path: null, fault: null, isAsking: false });
    const mine = (asking = new AbortController());
    put({ fault: null, isAsking: true });
    const answer = await api.post("closures/path", { from: at(start), to: at(end), one_way: isOneWay }, { signal: mine.signal }).then((path) => ({ path }), (fault) => ({ path: null, fault }));
    if (!mine.signal.aborted) put({ ...answer, isAsking: false });
  }

  const closing = {
    draft: () => draft,
    /** Open the form; with a closure that lost its streets, on the ends that it had. */
    begin(row = null) {
      if (row) {
        const [from, to] = endsOf(row.geometry) ?? [];
        draft = { ...NOTHING, start: from ? pin(from) : null, end: to ? pin(to) : null, isSet: to != null, isOneWay: row.one_way === true, again: row };
      }
      desk.set({ streets: "closing", calling: false, panel: null, fault: null, closure: null });
      ask();
    },
    setStart(place) {
      put({ start: place, path: null });
      ask();
    },
    setEnd(place) {
      const isShown = draft.path && !draft.isAsking && isSame(draft.end, place);
      clearTimeout(timer);
      put({ end: place, isSet: true, ...(isShown ? {} : { path: null }) });
      if (!isShown) ask();
    },
    setOneWay(isOneWay) {
      put({ isOneWay, path: null });
      ask();
    },
    /** What a click on the map means: the start, then the end, then the end again. */
    click(place) {
      if (draft.start) closing.setEnd(place);
      else closing.setStart(place);
    },
    /** The end follows the pointer until it is set. */
    point(place) {
      if (!draft.start || draft.isSet) return;
      clearTimeout(timer);
      timer = setTimeout(() => (put({ end: place }), ask()), RESTS_MS);
    },
    /** The pointer has left the map: what is not set is not meant. */
    pointAway() {
      if (draft.isSet) return;
      drop();
      if (draft.end) put({ end: null, path: null, fault: null, isAsking: false });
    },
    /** One step back. False when there is none. */
    back() {
      if (!draft.start && !draft.end) return false;
      drop();
      const isEnd = draft.isSet;
      put({ end: null, isSet: false, path: null, fault: null, isAsking: false, ...(isEnd && draft.start ? {} : { start: null, again: null }) });
      return true;
    },
    clear() {
      drop();
      put(NOTHING);
    },
    /** Close what is shown. Answers the closure, or null: refused, or no path is on the screen yet. */
    async close({ until, reason }) {
      const { start, end, isSet, isOneWay, path, again } = draft;
      if (!path || !isSet) return null;
      const acts = actsOf(context);
      const row = await acts.closeStreets({ from: at(start), to: at(end), one_way: isOneWay, ...(until && { until }), ...(reason && { reason }) });
      if (!row) return null;
      if (again) await acts.lift(again.id);
      undoable = { row, until: clock.now() + UNDO_MS };
      closing.clear();
      return row;
    },
    /** What can be undone now: the closure made a moment ago, while it is in force. */
    undoable() {
      const isThere = undoable && clock.now() < undoable.until && desk.live.city().closures.get(undoable.row.id)?.state === "closed";
      return isThere ? undoable.row : null;
    },
    undo() {
      const row = closing.undoable();
      undoable = null;
      bus.emit("closing", draft);
      return row && actsOf(context).lift(row.id);
    },
  };
  bus.on("map-click", (place) => {
    if (desk.state.streets === "closing") closing.click({ ...place, name: "" });
  });
  return closing;
}

const isSame = (a, b) => a.lon === b.lon && a.lat === b.lat;
const at = ({ lon, lat }) => [lon, lat];
const pin = ([lon, lat]) => ({ lon, lat, name: "" });
