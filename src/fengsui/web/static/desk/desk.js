// What is the dispatcher looking at, and what are they about to do? One small state for all parts of the desk.
//
// Parts read `desk.state` and hear "desk" on the page's bus when it changed. What the server knows stands in `desk.live`.

import { followGround } from "../map/ground.js";
import { watchHands } from "./order.js";

const desks = new WeakMap();

/** The desk of this page, made once. */
export function deskOf(context) {
  if (!desks.has(context)) desks.set(context, makeDesk(context));
  return desks.get(context);
}

const KEPT = "fengsui.chosen";

function makeDesk(context) {
  const live = context.live();
  followGround(context);
  // chosen: id of the incident in the detail · panel: close, cancel, note, other, relocate, reopen or null · calling: the form is open
  // pin: {lon, lat, name} of the form or of a relocation · unit: call sign lit in the board · job: call sign whose steps keys mean
  // fault: a refusal shown at the acts · sending: call sign that is being sent
  // streets: closing, list or null · closure: id of the one lit in the list and on the map
  const state = { chosen: sessionStorage.getItem(KEPT), panel: null, calling: false, pin: null, unit: null, job: null, fault: null, sending: null, streets: null, closure: null };
  const desk = {
    state, live, hands: watchHands(), targets: context.page.targets ?? null,
    set(patch) {
      if (Object.entries(patch).every(([key, value]) => state[key] === value)) return;
      Object.assign(state, patch);
      context.bus.emit("desk", state);
    },
    /** Choose an incident; what was open for the one before is put away. */
    choose(id) {
      if (id === state.chosen && !state.calling && !state.streets) return;
      sessionStorage.setItem(KEPT, id ?? "");
      desk.set({ chosen: id, panel: null, calling: false, job: null, fault: null, pin: null, streets: null, closure: null });
    },
    incident: () => live.city().incidents.get(state.chosen) ?? null,
    unit: (callsign) => live.city().units.get(callsign),
    /** Ids in the order that the queue shows; the queue keeps it. */
    shown: () => [],
  };
  return desk;
}
