// What can a dispatcher do, and how is the server asked? One act at a time; a refusal is shown at the acts and stays until the next.

import { Refused } from "../live/api.js";
import { deskOf } from "./desk.js";
import { callName } from "./facts.js";

/** After a unit was sent Enter waits so long, so that one press too many does not send a second. */
const BREATH_MS = 1500;

const made = new WeakMap();

export function actsOf(context) {
  if (!made.has(context)) made.set(context, makeActs(context, deskOf(context)));
  return made.get(context);
}

function makeActs(context, desk) {
  const { api, t, clock } = context;
  let sentAt = 0;

  /** Do one thing. Answers null when it was refused; the refusal is then on the screen. */
  async function act(work, said) {
    if (desk.state.busy) return null;
    desk.set({ busy: true, fault: null });
    try {
      const answer = await work();
      if (said) context.announce(said);
      return answer ?? {};
    } catch (fault) {
      // A fault of our own is no refusal: it must be seen, and found.
      const refused = fault instanceof Refused ? fault : new Refused({ code: "fault_in_page", sentence: t("api.fault") });
      if (refused !== fault) console.error(fault);
      refused.sentence = byName(refused);
      desk.set({ fault: refused });
      context.announce(refused.sentence);
      return null;
    } finally {
      desk.set({ busy: false });
    }
  }

  /** The server says call signs; the screen has names: 特01 for SP01. */
  function byName({ sentence, facts }) {
    const unit = facts?.unit && desk.unit(facts.unit);
    return unit ? sentence.replaceAll(facts.unit, callName(desk.live.city().units, facts.unit, context.words)) : sentence;
  }

  const here = () => desk.incident();
  const verb = (name, body = {}) => api.post(`incidents/${here().id}/${name}`, body);

  return {
    isBreathing: () => clock.now() - sentAt < BREATH_MS,
    async send(callsign, recommendation) {
      const { id, version } = here();
      const answer = await act(() => api.post(`incidents/${id}/assignments`, { unit: callsign, version, ...(recommendation ? { recommendation } : {}) }), t("said.sent", { unit: callName(desk.live.city().units, callsign, context.words) }));
      if (answer) sentAt = clock.now();
      if (answer) desk.set({ panel: null });
      context.bus.emit("stale-proposal");
      return answer;
    },
    /** A step that a crew told by radio. The key makes a repeat harmless. */
    step: (assignment, status) => act(() => api.post(`assignments/${assignment.id}/status`, { status, key: crypto.randomUUID() }), t(`status.${status}`)),
    recall: (assignment, reason) => act(() => api.post(`assignments/${assignment.id}/recall`, reason ? { reason } : {}), t("status.recalled")),
    close: (disposition) => act(() => verb("closing", { disposition, version: here().version }), t("state.closed")),
    cancel: (reason) => act(() => verb("cancelling", { ...(reason ? { reason } : {}), version: here().version }), t("state.cancelled")),
    reopen: () => act(() => verb("reopening", { version: here().version }), t("state.waiting")),
    relocate: ({ lon, lat, place }) => act(() => verb("relocation", { lon, lat, place, version: here().version }), t("said.relocated")),
    note: (words) => act(() => verb("notes", { words }), t("said.noted")),
    report: (body) => act(() => api.post("reports", body), t("said.taken")),
    unitState: (callsign, state) => act(() => api.post(`units/${encodeURIComponent(callsign)}/state`, { state }), t("said.unit_state")),
  };
}
