// What can a dispatcher do, and how is the server asked? Acts are done one after another, in the order they were pressed.
//
// What is pressed while another act is under way waits in line; it means what was chosen at the press, and reads the versions
// when its turn comes. The same act pressed again while it waits is one act. A second unit is never sent from the line. A
// refusal is shown at the acts and stays until the next press.

import { Refused } from "../live/api.js";
import { deskOf } from "./desk.js";
import { callName } from "./facts.js";

/** After a unit was sent Enter waits so long, so that one press too many does not send a second. */
const BREATH_MS = 1500;
/** Heard so long after an act was not answered, the server is back, and the rows on the screen tell what became of it. */
const UNHEARD_MS = 6000;
/** The stream brings the assignment that an answer told of; it is waited for so long. */
const SHOWN_MS = 3000;

const made = new WeakMap();

export function actsOf(context) {
  if (!made.has(context)) made.set(context, makeActs(context, deskOf(context)));
  return made.get(context);
}

function makeActs(context, desk) {
  const { api, t, clock } = context;
  const line = new Map(); // what was pressed → its answer to come
  const told = new Map(); // id of an incident → the version that an answer told: the stream may be a moment behind
  let last = Promise.resolve();
  let sent = { unit: null, at: 0 };
  let ordered = null; // the answer to come of the unit that is being sent

  /** Put one thing in line. Answers null when it was refused; the refusal is then on the screen. */
  function act(name, work, said) {
    desk.set({ fault: null });
    if (!line.has(name)) {
      const turn = () => attempt(work, said).finally(() => line.delete(name));
      line.set(name, (last = last.then(turn, turn)));
    }
    return line.get(name);
  }
  async function attempt(work, said) {
    try {
      const answer = await work();
      if (said) context.announce(said);
      return answer ?? {};
    } catch (fault) {
      // A fault of our own is no refusal: it must be seen, and found.
      const refused = fault instanceof Refused ? fault : new Refused({ code: "fault_in_page", sentence: t("api.fault") });
      if (refused !== fault) console.error(fault);
      return refuse({ ...refused, sentence: byName(refused) });
    }
  }
  function refuse(refused) {
    desk.set({ fault: { ...refused, at: clock.now() } });
    context.announce(refused.sentence);
    return null;
  }

  // What was not answered is seen on the desk once the server is heard again: then the sentence has had its time.
  clock.every(() => {
    const { fault } = desk.state;
    if (fault?.code === "not_reached" && desk.live.status().heardAt > fault.at + UNHEARD_MS) desk.set({ fault: null });
  });

  const nameOf = (callsign) => callName(desk.live.city().units, callsign, context.words);
  /** The server says call signs; the screen has names: 特01 for SP01. */
  const byName = ({ sentence, facts }) => (facts?.unit && desk.unit(facts.unit) ? sentence.replaceAll(facts.unit, nameOf(facts.unit)) : sentence);

  function versionOf(id) {
    const row = desk.live.city().incidents.get(id);
    if (!row) throw new Refused({ code: "not_on_this_desk", sentence: t("act.gone") });
    return Math.max(row.version, told.get(id) ?? 0);
  }
  /** An act on an assignment answers with the version of its incident. */
  async function onAssignment(path, body) {
    const answer = await api.post(path, body);
    told.set(answer.incident, answer.version);
    return answer;
  }
  /** Its key is always the same, so a repeat is harmless. */
  const setStatus = ({ id }, status) => onAssignment(`assignments/${id}/status`, { status, key: `desk ${status}` });
  /** An act on the incident that is chosen now answers with its row. */
  function onIncident(name, body, said, { isVersioned = true } = {}) {
    const { id } = desk.incident();
    const work = async () => {
      const version = versionOf(id);
      return learnt("incidents", await api.post(`incidents/${id}/${name}`, isVersioned ? { ...body, version } : body));
    };
    return act(`${id} ${name} ${JSON.stringify(body)}`, work, said);
  }

  /** What an answer told of is on the screen before the stream says it. */
  function learnt(kind, row) {
    desk.live.learn({ [kind]: [row] });
    return row;
  }

  /** Wait until the rows on the screen hold an assignment, but not for long. */
  function shown({ id, incident }) {
    const isThere = (city) => city.incidents.get(incident)?.assignments.some((one) => one.id === id);
    return new Promise((done) => {
      const stop = desk.live.onChange((city) => isThere(city) && done());
      setTimeout(() => done(stop()), SHOWN_MS);
    });
  }

  return {
    /** The unit that was sent a breath ago, or null. */
    justSent: () => (clock.now() - sent.at < BREATH_MS ? sent.unit : null),
    async send(callsign, recommendation) {
      if (desk.state.sending) return refuse({ code: "still_sending", sentence: t("act.still_sending", { unit: nameOf(desk.state.sending) }) });
      const { id } = desk.incident();
      desk.set({ sending: callsign });
      const work = () => onAssignment(`incidents/${id}/assignments`, { unit: callsign, version: versionOf(id), ...(recommendation ? { recommendation } : {}) });
      ordered = act(`send ${callsign}`, work, t("said.sent", { unit: nameOf(callsign) }));
      const answer = await ordered;
      if (answer) sent = { unit: callsign, at: clock.now() };
      if (answer) await shown(answer);
      desk.set({ sending: null });
      context.bus.emit("stale-proposal");
      return answer;
    },
    /** A step that a crew told by radio. */
    step: (assignment, status) => act(`${assignment.id} ${status}`, () => setStatus(assignment, status), t(`status.${status}`)),
    /** The same for the unit that is being sent: its assignment is known when its turn comes. */
    stepOfSent(status) {
      const coming = ordered;
      const work = async () => {
        const assignment = await coming;
        if (!assignment) throw new Refused({ code: "not_sent", sentence: t("act.gone") });
        return setStatus(assignment, status);
      };
      return act(`sent ${status}`, work, t(`status.${status}`));
    },
    recall: ({ id }, reason) => act(`${id} recall`, () => onAssignment(`assignments/${id}/recall`, reason ? { reason } : {}), t("status.recalled")),
    close: (disposition) => onIncident("closing", { disposition }, t("state.closed")),
    cancel: (reason) => onIncident("cancelling", reason ? { reason } : {}, t("state.cancelled")),
    reopen: () => onIncident("reopening", {}, t("state.waiting")),
    relocate: (place) => onIncident("relocation", place, t("said.relocated")),
    note: (words) => onIncident("notes", { words }, t("said.noted"), { isVersioned: false }),
    report: (body) => act(`report ${body.source_event_id}`, () => api.post("reports", body), t("said.taken")),
    closeStreets: (body) => act(`close ${JSON.stringify(body)}`, async () => learnt("closures", await api.post("closures", body))),
    lift: (id) => act(`lift ${id}`, async () => learnt("closures", await api.remove(`closures/${id}`)), t("said.lifted")),
    unitState: (callsign, state) => act(`${callsign} ${state}`, () => api.post(`units/${encodeURIComponent(callsign)}/state`, { state }), t("said.unit_state")),
  };
}
