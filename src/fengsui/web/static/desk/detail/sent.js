// Who is on it, and how far? One row an assignment; each step can be told for a crew that speaks by radio.

import { draw, line } from "../../look/beacon.js";
import { attr, el, keyed, say } from "../../look/dom.js";
import { restate, state as stateSymbol } from "../../look/icons.js";
import { actsOf } from "../acts.js";
import { canStep, jobOf } from "../commands.js";
import { deskOf } from "../desk.js";
import { activeOf, callName, expectedAt, isActive, limitOf, startOf } from "../facts.js";
import { heading } from "./parts.js";

const SYMBOL = { ordered: "dispatched", accepted: "accepted", en_route: "enroute", on_scene: "onscene", cleared: "clear", declined: "cancelled", recalled: "cancelled" };
const STEPS = [["a", "accepted"], ["e", "en_route"], ["s", "on_scene"], ["d", "cleared"]];
const MINUTE = 60_000;

export function makeSent(context) {
  const { t, words, may } = context;
  const desk = deskOf(context);
  const acts = actsOf(context);
  const list = el("div", { role: "list", "aria-label": t("sent.title") });
  const element = el("section", { class: "sent" }, heading(t("sent.title"), t("sent.note")), list);
  const known = new Map();

  /** Active ones by how far they are, then those that ended, the latest first. */
  const rows = (incident) => [...activeOf(incident), ...(incident.assignments ?? []).filter((one) => !isActive(one)).reverse()];

  function make(assignment) {
    const parts = { symbol: stateSymbol("dispatched"), unit: el("b", { class: "nb" }), what: el("span", { class: "i2" }), beacon: line(), time: el("div", { class: "tm nb" }), note: el("div", { class: "why" }), steps: el("div", { class: "steps" }) };
    const row = el("div", { class: "rec job", role: "listitem", on: { click: () => desk.set({ job: assignment.unit }) } }, parts.symbol, el("div", { class: "u1" }, parts.unit, parts.what), parts.beacon, parts.time, parts.note, parts.steps);
    if (may("set_status")) parts.steps.append(...STEPS.map(([key, status]) => stepButton(row, key, status)));
    if (may("recall")) parts.steps.append(el("button", { class: "step", type: "button", "data-step": "recall", on: { click: (event) => (event.stopPropagation(), desk.set({ job: row.assignment.unit, panel: "recall" })) } }, el("kbd", { text: "R" }), t("step.recall")));
    row.parts = parts;
    return row;
  }
  const stepButton = (row, key, status) =>
    el("button", { class: "step", type: "button", "data-step": status, on: { click: (event) => (event.stopPropagation(), acts.step(row.assignment, status)) } }, el("kbd", { text: key.toUpperCase() }), t(`step.${status}`));

  function update(row, assignment, incident, now) {
    const { parts: p } = row;
    row.assignment = assignment;
    const active = isActive(assignment);
    const isJob = active && jobOf(desk)?.unit === assignment.unit;
    row.classList.toggle("one", isJob && activeOf(incident).length > 1);
    row.classList.toggle("gone", !active);
    attr(row, "data-unit", assignment.unit);
    restate(p.symbol, SYMBOL[assignment.status] ?? "dispatched");
    say(p.unit, callName(desk.live.city().units, assignment.unit, words));
    say(p.what, t(`status.${assignment.status}`));
    p.steps.hidden = !active;
    p.steps.classList.toggle("mine", isJob);
    for (const button of p.steps.children) {
      const status = button.dataset.step;
      button.disabled = status !== "recall" && !canStep(assignment.status, status);
    }
    moving(row, assignment, incident, now);
  }

  /** What changes with the second: expected time, line, how long each step took. */
  function moving(row, assignment, incident, now) {
    const { parts: p } = row;
    const start = startOf(incident);
    const at = (time) => (time ? (Date.parse(time) - start) / MINUTE : null);
    const expected = expectedAt(assignment, now);
    const active = isActive(assignment);
    const limit = limitOf(incident, desk.targets);
    const end = assignment.on_scene_at ?? assignment.ended_at;
    attr(p.beacon, "class", active || assignment.on_scene_at ? "beacon" : "beacon none");
    draw(p.beacon, {
      limit: limit == null ? null : limit / MINUTE, now: active ? (now - start) / MINUTE : (at(end) ?? 0), eta: expected == null ? null : (expected - start) / MINUTE, arrived: at(assignment.on_scene_at),
      acts: [at(assignment.ordered_at), at(assignment.accepted_at), at(assignment.en_route_at)].filter((minute) => minute != null && minute >= 0),
    }, { width: 92, height: 18, say: t(`status.${assignment.status}`) });
    say(p.time, expected == null ? "" : words.duration(expected - now));
    say(p.note, note(assignment, now));
    p.note.classList.toggle("wait", isSilent(assignment, now));
  }
  const isSilent = (assignment, now) => assignment.status === "ordered" && desk.targets && now - Date.parse(assignment.ordered_at) > desk.targets.accept_ms;

  function note(assignment, now) {
    const took = (from, to) => words.duration(Date.parse(to) - Date.parse(from));
    const { ordered_at: ordered, accepted_at: accepted, en_route_at: left, on_scene_at: there, ended_at: ended } = assignment;
    const said = [];
    if (assignment.status === "ordered") said.push(t("sent.waits", { time: words.duration(now - Date.parse(ordered)) }));
    if (accepted) said.push(t("sent.accepted_in", { time: took(ordered, accepted) }));
    if (left) said.push(t("sent.left_in", { time: took(accepted ?? ordered, left) }));
    if (there) said.push(t("sent.there_after", { time: took(left ?? ordered, there) }));
    if (there && isActive(assignment)) said.push(t("sent.there_for", { time: words.duration(now - Date.parse(there)) }));
    if (ended) said.push(t("sent.ended_at", { time: words.hour(ended) }));
    const unit = desk.unit(assignment.unit);
    if (isActive(assignment) && assignment.status !== "on_scene" && unit?.position_at) said.push(t("sent.position", { time: words.duration(now - Date.parse(unit.position_at)) }));
    return said.join(" · ");
  }

  function show(incident, now) {
    const all = rows(incident);
    element.hidden = !all.length;
    keyed(list, all, known, { key: (one) => one.id, make, update: (row, one) => update(row, one, incident, now) });
  }
  const tick = (incident, now) => {
    for (const one of incident.assignments ?? []) if (known.has(one.id)) moving(known.get(one.id), one, incident, now);
  };
  return { element, show, tick };
}
