// How far is it still? The way by road from where this unit was last seen to its incident, asked again as it moves.

import { metres } from "./order.js";

const MOVED_M = 30;
const AGAIN_MS = 5000;
const AFTER_FAULT_MS = 4000;
const NO_WAY = 409;

/** `follow(order, unit)` whenever something changed; `way()` is {seconds, metres, line, first, at} or null; `onChange` when it is new. */
export function makeWay({ api, clock, onChange }) {
  let about = null; // the assignment that the way belongs to
  let way = null;
  let from = null;
  let asking = false;
  let notBefore = 0;
  let isOther = false;
  let roads = 0; // how often the open streets changed: an answer from before such a change is asked again

  async function ask(order, unit) {
    asking = true;
    const here = [unit.lon, unit.lat];
    const asOf = roads;
    try {
      const found = await api.get(`incidents/${order.incident.id}/route?unit=${encodeURIComponent(unit.callsign)}`);
      if (about !== order.assignment.id) return;
      const line = found.geometry.coordinates;
      from = asOf === roads ? here : null;
      const first = isOther ? line : (way?.first ?? line); // what was ahead on another way was never driven
      way = { seconds: found.seconds, metres: found.metres, line, first, at: clock.now() };
      isOther = asOf !== roads;
      notBefore = from ? clock.now() + AGAIN_MS : 0;
    } catch (refusal) {
      if (refusal.status === NO_WAY) way = null;
      notBefore = clock.now() + AFTER_FAULT_MS; // what was known is kept, with its age
    } finally {
      asking = false;
      onChange();
    }
  }

  return {
    way: () => way,
    /** A street was closed or opened: the way may be another. */
    again() {
      roads += 1;
      [from, notBefore, isOther] = [null, 0, true];
    },
    follow(order, unit) {
      const id = order?.assignment.id ?? null;
      if (id !== about) {
        [about, way, from, notBefore] = [id, null, null, 0];
        if (id === null) onChange();
      }
      const isMoving = order && order.assignment.status !== "on_scene" && order.incident.lon != null && unit?.lon != null;
      if (!isMoving || asking || clock.now() < notBefore) return;
      if (from && metres(from, [unit.lon, unit.lat]) < MOVED_M) return;
      ask(order, unit);
    },
  };
}
