// What can be done from the keyboard right now? One table: keys, help, the foot of the screen and the buttons read it.
//
// A row: id, keys, word (key of its words), when() → it can be done now, run(event); `foot` rows stand at the foot of the screen.

import { activeOf, callName, foremost, isOver } from "./facts.js";
import { actsOf } from "./acts.js";
import { closingOf } from "./streets/closing.js";
import { deskOf } from "./desk.js";
import { proposalOf } from "./proposal.js";

const made = new WeakMap();

export function commandsOf(context) {
  if (!made.has(context)) made.set(context, makeCommands(context));
  return made.get(context);
}

function makeCommands(context) {
  const { page, may, bus, t, words } = context;
  const desk = deskOf(context);
  const acts = actsOf(context);
  const proposal = proposalOf(context);
  const closing = closingOf(context);
  const { state } = desk;

  const incident = () => desk.incident();
  /** Something stands where the chosen incident would: what is not seen is not acted on. */
  const covered = () => state.calling || state.streets;
  const open = () => incident() && !isOver(incident()) && !covered();
  const free = () => open() && !incident().to_close;
  const panel = (name) => () => desk.set({ panel: state.panel === name ? null : name, fault: null });
  const job = () => jobOf(desk);
  const go = (by) => {
    const ids = desk.shown();
    const at = ids.indexOf(state.chosen);
    if (ids.length) desk.choose(ids[at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by))]);
  };
  const nth = (n) => proposal.shown()?.units[n - 1];
  /** Send the first, unless one was sent a breath ago, or the first became another in the very moment of the press: then say so. */
  const sendFirst = () => {
    const name = (callsign) => callName(desk.live.city().units, callsign, words);
    const sent = acts.justSent();
    if (sent) return desk.set({ fault: { code: "just_sent", sentence: t("act.just_sent", { unit: name(sent) }) } });
    const was = proposal.justChangedFrom();
    const { unit } = proposal.first();
    if (!was) return acts.send(unit, proposal.shown().id);
    desk.set({ fault: { code: "first_changed", sentence: t("act.first_changed", { was: name(was), unit: name(unit) }) } });
  };
  const step = (key, status) => ({ id: `step.${status}`, keys: [key], word: `step.${status}`, needs: "set_status", when: () => open() && (job() ? canStep(job().status, status) : state.sending), run: () => (job() ? acts.step(job(), status) : acts.stepOfSent(status)) });
  const next = (by) => {
    const units = activeOf(incident());
    const at = units.findIndex((one) => one.unit === job()?.unit);
    desk.set({ job: units[(at + by + units.length) % units.length].unit });
  };

  /** While a street is being closed Esc goes one step back. */
  const leaveStreets = () => (state.streets === "closing" && closing.back()) || desk.set({ streets: null, closure: null, fault: null });

  const table = [
    { id: "choose", keys: ["ArrowUp", "ArrowDown"], show: "↑↓", word: "cmd.choose", foot: true, when: () => !state.panel && !state.streets, run: (event) => go(event.key === "ArrowUp" ? -1 : 1) },
    { id: "first", keys: ["Enter"], word: "cmd.first", foot: true, needs: "dispatch", when: () => free() && !state.panel && proposal.first(), run: sendFirst },
    { id: "finish", keys: ["Enter"], word: "cmd.close", hidden: true, needs: "close", when: () => open() && incident().to_close && !state.panel, run: panel("close") },
    { id: "nth", keys: ["1", "2", "3", "4", "5"], show: "1–5", word: "cmd.nth", foot: true, needs: "dispatch", when: (event) => free() && !state.panel && (!event || nth(Number(event.key))), run: (event) => acts.send(nth(Number(event.key)).unit, proposal.shown().id) },
    { id: "other", keys: ["o"], word: "cmd.other", needs: "dispatch", when: open, run: panel("other") },
    { id: "call", keys: ["F2"], word: "cmd.call", foot: true, needs: "report", when: () => true, run: () => desk.set({ calling: true, panel: null, streets: null, fault: null }) },
    { id: "place", keys: ["F3"], word: "cmd.place", foot: true, needs: "relocate", when: open, run: panel("relocate") },
    { id: "note", keys: ["n"], word: "cmd.note", needs: "note", when: () => incident() && !covered(), run: panel("note") },
    step("a", "accepted"), step("e", "en_route"), step("s", "on_scene"), step("d", "cleared"),
    { id: "recall", keys: ["r"], word: "cmd.recall", needs: "recall", when: () => open() && job(), run: panel("recall") },
    { id: "job", keys: ["ArrowLeft", "ArrowRight"], show: "←→", word: "cmd.job", when: () => open() && activeOf(incident()).length > 1 && !state.panel, run: (event) => next(event.key === "ArrowLeft" ? -1 : 1) },
    { id: "close", keys: ["x"], word: "cmd.close", foot: true, needs: "close", when: open, run: panel("close") },
    { id: "cancel", keys: ["z"], word: "cmd.cancel", needs: "cancel", when: open, run: panel("cancel") },
    { id: "reopen", keys: ["r"], word: "cmd.reopen", needs: "reopen", when: () => incident() && isOver(incident()) && !covered(), run: () => acts.reopen() },
    { id: "page", keys: ["i"], word: "cmd.page", when: () => incident() && !covered(), run: () => location.assign(incidentAddress(page, incident())) },
    { id: "street", keys: ["c"], word: "cmd.street", needs: "close_street", when: () => !state.calling && state.streets !== "closing", run: () => closing.begin() },
    { id: "closures", keys: ["l"], word: "cmd.closures", when: () => !state.calling, run: () => desk.set({ streets: state.streets === "list" ? null : "list", panel: null, fault: null, closure: null }) },
    { id: "undo", keys: ["u"], word: "cmd.undo", needs: "close_street", when: () => closing.undoable(), run: () => closing.undo() },
    { id: "help", keys: ["?", "？"], show: "?", word: "cmd.help", foot: true, when: () => true, run: () => bus.emit("help") },
    { id: "away", keys: ["Escape"], show: "Esc", word: "cmd.away", when: () => covered() || state.panel || state.fault || state.unit, run: () => state.streets ? leaveStreets() : desk.set(state.panel ? { panel: null, fault: null } : { calling: false, fault: null, unit: null, pin: null }) },
  ].filter((row) => !row.needs || may(row.needs));

  return {
    table,
    byId: (id) => table.find((row) => row.id === id),
    canDo: (id) => Boolean(table.find((row) => row.id === id)?.when()),
    run: (id) => table.find((row) => row.id === id && row.when())?.run(),
    /** The row that a key means now, or undefined. */
    of: (event) => table.find((row) => row.keys.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key) && row.when(event)),
    show: (row) => row.show ?? row.keys[0].replace(/^\w$/, (letter) => letter.toUpperCase()),
  };
}

/** The assignment that the step keys mean: the one picked, else the foremost. */
export function jobOf(desk) {
  const incident = desk.incident();
  if (!incident) return null;
  return activeOf(incident).find((one) => one.unit === desk.state.job) ?? foremost(incident) ?? null;
}

const STEPS = ["ordered", "accepted", "en_route", "on_scene", "cleared"];
/** Steps may be skipped forward, never backward. */
export const canStep = (from, to) => STEPS.indexOf(to) > STEPS.indexOf(from);

export const incidentAddress = (page, incident) => (page.urls?.incident ?? "/incidents/{id}").replace("{id}", incident.id).replace("{number}", incident.number);
