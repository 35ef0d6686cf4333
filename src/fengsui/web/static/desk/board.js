// Which crews are there, and what is each doing? By station; a symbol, a call sign, a letter, and since when.

import { attr, cls, el, keyed, say } from "../look/dom.js";
import { restate, state as stateSymbol } from "../look/icons.js";
import { running } from "../look/words.js";
import { deskOf } from "./desk.js";
import { callName, unitFace } from "./facts.js";
import { proposalOf } from "./proposal.js";

const COUNTED = ["available", "dispatched", "accepted", "enroute", "onscene", "stale", "struck", "off"];
/** Stations with so few units stand two in a row; folded ones may have more. */
const FEW = 3;
const FOLDED_FEW = 5;
/** A folded cell is at least this wide (board.css). */
const LEAST = 86;
/** How wide a call sign is, in pixels, nearly. */
const broad = (text) => [...text].reduce((sum, sign) => sum + (sign > "⺀" ? 13 : 8), 0);
const NARROW = matchMedia("(max-width: 1700px)");

export function mount(root, context) {
  const { t, clock, words, page, bus } = context;
  const desk = deskOf(context);
  const proposal = proposalOf(context);
  const counts = Object.fromEntries(COUNTED.map((symbol) => [symbol, el("b", { text: "0" })]));
  const onDuty = el("span");
  const head = el("div", { class: "bh" }, el("h2", { text: t("board.title") }), onDuty, ...COUNTED.map((symbol) => el("span", { "data-count": symbol }, stateSymbol(symbol), el("span", { class: "lt", text: t(`letter.${symbol}`) }), el("span", { class: "wide", text: t(`unit_state.${symbol}`) }), counts[symbol])));
  const body = el("div", { class: "b-body", role: "group", "aria-label": t("board.title") });
  root.replaceChildren(head, body);
  const groups = new Map();
  const cells = new Map();

  /** Units by station, in the stations' order; a unit without one stands with its kind. */
  function byStation(units) {
    const list = new Map();
    for (const unit of units) {
      const key = stationKey(unit);
      if (!list.has(key)) list.set(key, { key, name: stationName(unit), units: [] });
      list.get(key).units.push(unit);
    }
    for (const group of list.values()) group.units.sort((a, b) => (a.callsign < b.callsign ? -1 : 1));
    return [...list.values()].sort((a, b) => b.units.length - a.units.length || (a.key < b.key ? -1 : 1));
  }
  const stationKey = (unit) => (unit.station ? (typeof unit.station === "string" ? unit.station : unit.station.zh) : `kind ${unit.kind}`);
  const stationName = (unit) => (unit.station ? words.named(unit.station) : words.label(page.kinds, unit.kind));

  function makeGroup(group) {
    const parts = { name: el("span", { class: "ell" }), note: el("i"), cells: el("div", { class: "cells" }), run: null };
    parts.run = el("div", { class: "u run", hidden: true }, stateSymbol("available"), el("i", { text: t("letter.available") }));
    const box = el("div", { class: "bg", role: "group" }, el("div", { class: "nm" }, parts.name, parts.note), parts.cells);
    Object.assign(box, { parts, cells: new Map(), runs: new Map(), key: group.key });
    return box;
  }
  function updateGroup(box, group, now) {
    const { parts } = box;
    say(parts.name, group.name);
    attr(parts.name, "title", group.name);
    attr(box, "aria-label", group.name);
    const free = group.units.filter((unit) => unitFace(unit, now, desk.targets).symbol === "available");
    say(parts.note, `${free.length}/${group.units.length}`);
    attr(parts.note, "title", t("board.free", { n: free.length, of: group.units.length }));
    const folded = NARROW.matches && free.length > 1;
    const isBroad = group.units.length > (NARROW.matches ? FOLDED_FEW : FEW);
    cls(box, isBroad ? "bg broad" : "bg");
    const shown = folded ? group.units.filter((unit) => !free.includes(unit)) : group.units;
    for (const unit of group.units) cells.delete(unit.callsign);
    keyed(parts.cells, folded ? [{ run: true }, ...shown] : shown, box.cells, {
      key: (unit) => (unit.run ? "run" : unit.callsign),
      make: (unit) => (unit.run ? parts.run : makeCell(unit.callsign)),
      update: (cell, unit) => (unit.run ? fold(box, free, isBroad ? 5 : 2) : updateCell(cell, unit, now)),
    });
    parts.run.hidden = !folded;
  }
  /** On a narrow screen the free ones stand in one run: ○ 闲 01 04 06. */
  function fold(box, free, most) {
    const first = free[0].callsign.replace(/\d+$/, "");
    const alike = free.every((unit) => unit.callsign.replace(/\d+$/, "") === first);
    const said = (unit) => (alike ? unit.callsign.slice(first.length) : callName(desk.live.city().units, unit.callsign, words));
    const width = Math.ceil(free.reduce((sum, unit) => sum + 7 + broad(said(unit)), 44) / LEAST);
    cls(box.parts.run, `u run span-${width > most ? "all" : width}`);
    const holder = (box.runHolder ??= box.parts.run.appendChild(el("span", { class: "runs" })));
    keyed(holder, free, box.runs, {
      key: (unit) => unit.callsign,
      make: (unit) => el("button", { class: "plain", type: "button", tabindex: "-1", "data-unit": unit.callsign }),
      update(cell, unit) {
        const name = callName(desk.live.city().units, unit.callsign, words);
        say(cell, said(unit));
        attr(cell, "aria-label", `${name} ${t("unit_state.available")}`);
        cells.set(unit.callsign, cell);
        light(cell, unit.callsign, "plain");
      },
    });
  }
  function makeCell(callsign) {
    const parts = { symbol: stateSymbol("available"), name: el("b", { class: "nb" }), letter: el("span", { class: "lt" }), value: el("span") };
    const cell = el("button", { class: "u", type: "button", tabindex: "-1", "data-unit": callsign }, parts.symbol, parts.name, el("span", { class: "v" }, parts.letter, parts.value));
    cell.parts = parts;
    return cell;
  }
  function updateCell(cell, unit, now) {
    const face = unitFace(unit, now, desk.targets);
    const name = callName(desk.live.city().units, unit.callsign, words);
    restate(cell.parts.symbol, face.symbol);
    say(cell.parts.name, name);
    attr(cell, "aria-label", `${name} ${t(`unit_state.${face.symbol}`)}`);
    cell.face = face;
    cells.set(unit.callsign, cell);
    tickCell(cell, now);
    light(cell, unit.callsign, `u ${face.symbol}`);
  }
  function tickCell(cell, now) {
    const { face } = cell;
    if (!face) return;
    const since = face.since == null || !Number.isFinite(face.since) ? "" : face.symbol === "stale" ? minutes(now - face.since) : running(now - face.since);
    say(cell.parts.letter, t(`letter.${face.symbol}`));
    say(cell.parts.value, since);
    const late = face.symbol === "dispatched" && desk.targets && now - face.since > desk.targets.accept_ms;
    cell.classList.toggle("over", Boolean(late));
  }
  const minutes = (ms) => `${Math.floor(ms / 60_000)}′${String(Math.floor((ms % 60_000) / 1000)).padStart(2, "0")}″`;
  /** The first proposed unit and the one looked at are framed. */
  function light(cell, callsign, base) {
    const over = cell.classList.contains("over");
    cls(cell, `${base}${proposal.first()?.unit === callsign && proposal.shown() ? " first" : ""}${desk.state.unit === callsign ? " seen" : ""}${over ? " over" : ""}`);
  }

  function show(now) {
    const units = [...desk.live.city().units.values()];
    const list = byStation(units);
    keyed(body, list, groups, { key: (group) => group.key, make: makeGroup, update: (box, group) => updateGroup(box, group, now) });
    const symbols = units.map((unit) => unitFace(unit, now, desk.targets).symbol);
    for (const symbol of COUNTED) {
      const n = symbols.filter((one) => one === symbol).length;
      say(counts[symbol], String(n));
      counts[symbol].parentElement.hidden = n === 0 && ["accepted", "stale", "struck", "off"].includes(symbol);
    }
    say(onDuty, t("board.on_duty", { n: symbols.filter((symbol) => symbol !== "off").length }));
    rove();
  }

  /** One cell takes the tab stop; arrows move on from there. */
  function rove() {
    const all = [...body.querySelectorAll("button[data-unit]")];
    if (!all.some((cell) => cell.tabIndex === 0) && all[0]) all[0].tabIndex = 0;
  }
  body.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: NARROW.matches ? 5 : 8, ArrowUp: NARROW.matches ? -5 : -8 }[event.key];
    const all = [...body.querySelectorAll("button[data-unit]")];
    const at = all.indexOf(event.target);
    if (!by || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    all[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  body.addEventListener("click", (event) => {
    const callsign = event.target.closest("button[data-unit]")?.dataset.unit;
    if (!callsign) return;
    const unit = desk.unit(callsign);
    if (unit?.incident) chooseByNumber(unit.incident);
    desk.set({ unit: callsign });
    bus.emit("look-at", callsign);
  });
  function chooseByNumber(number) {
    const incident = [...desk.live.city().incidents.values()].find((one) => one.number === number || one.id === number);
    if (incident) desk.choose(incident.id);
  }

  const relight = () => {
    for (const [callsign, cell] of cells) light(cell, callsign, cell.face ? `u ${cell.face.symbol}` : "plain");
  };
  desk.live.onChange((_city, what) => {
    if (what.all || what.units.size) show(clock.now());
  });
  bus.on("desk", relight);
  bus.on("proposal", relight);
  NARROW.addEventListener("change", () => show(clock.now()));
  let tock = 0;
  clock.every((now) => {
    // Ages of positions turn a unit stale without an entry: looked at every few seconds.
    if ((tock += 1) % 5 === 0) return show(now);
    for (const cell of cells.values()) tickCell(cell, now);
  });
}
