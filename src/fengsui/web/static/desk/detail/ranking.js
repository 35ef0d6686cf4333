// Who should go, why, and why not the others? The ranking by road time, each on the incident's own scale.

import { draw, line } from "../../look/beacon.js";
import { attr, el, keyed, say } from "../../look/dom.js";
import { OF_KIND, icon, restate, state as stateSymbol } from "../../look/icons.js";
import { distance } from "../../look/words.js";
import { actsOf } from "../acts.js";
import { deskOf } from "../desk.js";
import { activeOf, callName, isOver, limitOf, startOf, unitFace } from "../facts.js";
import { proposalOf } from "../proposal.js";
import { doubt, reason } from "../sentences.js";
import { fault, heading } from "./parts.js";

const MINUTE = 60_000;
const SVG = "http://www.w3.org/2000/svg";
const NOT_SHOWN_AT_FIRST = 4;
const NARROW = matchMedia("(max-width: 1700px)");

export function makeRanking(context) {
  const { t, words, may, page } = context;
  const desk = deskOf(context);
  const acts = actsOf(context);
  const proposal = proposalOf(context);
  const known = new Map();
  const note = el("span", { class: "note" });
  const list = el("div", { role: "list", "aria-label": t("rank.title") });
  const trouble = el("div", { class: "pad" });
  const nots = el("ul", { class: "not" });
  const notHead = el("div", { class: "h3" }, el("h3", { text: t("rank.not") }));
  const more = el("button", { class: "plain more", type: "button", on: { click: () => ((all = !all), show(desk.incident(), context.clock.now())) } });
  const element = el("section", { class: "ranking" }, el("div", { class: "h3" }, el("h3", { text: t("rank.title") }), note, el("span", { class: "grow" }), scale(), el("span", { class: "tmw" })), trouble, list, notHead, nots, more);
  let all = false;
  let drawnNots = null;

  function make(one) {
    const parts = { key: el("kbd"), symbol: stateSymbol("available", "s"), kind: icon(OF_KIND[one.kind] ?? "patrol", "s"), unit: el("b", { class: "nb" }), state: el("span"), far: el("span", { class: "i2" }), beacon: line(), time: el("div", { class: "tm nb" }), why: el("span"), under: el("span", { class: "under i3" }) };
    const row = el("div", { class: "rec", role: "listitem" }, parts.key, el("div", { class: "u1" }, parts.symbol, parts.unit, parts.kind, parts.state, parts.far), parts.beacon, parts.time, el("div", { class: "why" }, parts.why, parts.under));
    row.parts = parts;
    row.addEventListener("click", () => context.bus.emit("look-at", row.unit));
    row.addEventListener("dblclick", () => may("dispatch") && acts.send(row.unit, proposal.shown()?.id));
    return row;
  }
  function update(row, one, n, incident, now) {
    const { parts: p } = row;
    row.unit = one.unit;
    const unit = desk.unit(one.unit);
    const taken = unit && unit.state !== "available";
    const isFirst = proposal.first()?.unit === one.unit;
    row.className = `rec${isFirst ? " one" : ""}${taken ? " gone" : ""}`;
    attr(row, "data-unit", one.unit);
    say(p.key, String(n + 1));
    restate(p.symbol, unit ? unitFace(unit, now, desk.targets).symbol : "available", "s");
    say(p.unit, callName(desk.live.city().units, one.unit, words));
    const here = activeOf(incident).some((each) => each.unit === one.unit);
    say(p.state, here ? t("rank.here") : taken ? t("rank.taken") : t(`unit.${one.state}`));
    p.state.className = here ? "i2" : taken ? "wait" : "free";
    say(p.far, distance(one.metres));
    say(p.time, words.duration(one.seconds * 1000));
    say(p.why, [words.label(page.kinds, one.kind), ...(one.why ?? []).map((each) => reason(each, t, words))].join(" · "));
    moving(row, one, incident, now);
  }
  function moving(row, one, incident, now) {
    const limit = limitOf(incident, desk.targets);
    const minutes = (now - startOf(incident)) / MINUTE;
    const waits = !activeOf(incident).length;
    draw(row.parts.beacon, { limit: limit == null ? null : limit / MINUTE, now: minutes, eta: minutes + one.seconds / 60, nobody: waits }, { width: NARROW.matches ? 92 : 120, height: 18, say: words.duration(one.seconds * 1000) });
    const age = one.position_age_s == null ? "" : t("rank.age", { age: words.duration(one.position_age_s * 1000 + (now - proposal.shown().at)) });
    say(row.parts.under, age && ` · ${age}`);
  }

  function show(incident, now) {
    const shown = proposal.shown();
    element.hidden = !may("recommend") || !incident || isOver(incident) || Boolean(incident.to_close);
    if (element.hidden) return;
    const units = shown?.units ?? [];
    say(note, shown ? t("rank.note", { n: units.length }) : t("rank.asking"));
    trouble.replaceChildren(...troubles(shown));
    keyed(list, units, known, { key: (one) => one.unit, make, update: (row, one) => update(row, one, units.indexOf(one), incident, now) });
    showNots(shown?.not ?? []);
  }
  function troubles(shown) {
    if (shown?.fault) return [fault(shown.fault)];
    if (!shown || shown.units.length) return [];
    const doubts = (shown.doubt ?? []).map((one) => doubt(one, t)).join(" · ");
    return [el("p", { class: "i2" }, icon("pin", "s"), ` ${doubts || t("rank.none")} ${t("rank.none_do")}`)];
  }
  function showNots(list) {
    const shownList = all ? list : list.slice(0, NOT_SHOWN_AT_FIRST);
    notHead.hidden = !list.length;
    more.hidden = list.length <= NOT_SHOWN_AT_FIRST;
    say(more, all ? t("rank.fewer") : t("rank.more", { n: list.length - NOT_SHOWN_AT_FIRST }));
    const drawn = JSON.stringify([shownList, words.english]);
    if (drawn === drawnNots) return;
    drawnNots = drawn;
    nots.replaceChildren(...shownList.map((one) =>
      el("li", {}, el("b", { class: "nb", text: callName(desk.live.city().units, one.unit, words) }), el("span", { text: words.label(page.kinds, one.kind) }), el("span", { text: (one.reasons ?? []).map((each) => reason(each, t, words)).join(" · ") }))));
  }
  const tick = (incident, now) => {
    for (const one of proposal.shown()?.units ?? []) if (known.has(one.unit)) moving(known.get(one.unit), one, incident, now);
  };
  return { element, show, tick };
}

/** The rings' minutes above the lines of the list. */
function scale() {
  const width = NARROW.matches ? 92 : 120;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "scale");
  svg.setAttribute("width", width);
  svg.setAttribute("height", "12");
  svg.setAttribute("aria-hidden", "true");
  for (const minute of [1, 3, 5]) {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", 3 + (minute / 6) * (width - 6));
    text.setAttribute("y", "11");
    text.setAttribute("text-anchor", "middle");
    text.setAttribute("class", "b-lab");
    text.textContent = `${minute}′`;
    svg.append(text);
  }
  return svg;
}
