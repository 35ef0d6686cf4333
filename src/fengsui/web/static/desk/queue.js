// Which incidents are open, and which needs a hand first? The queue: five parts, a row an incident, clocks running.

import { draw, line } from "../look/beacon.js";
import { attr, cls, el, say } from "../look/dom.js";
import { restate, state as stateSymbol } from "../look/icons.js";
import { waited } from "../look/words.js";
import { justClosed, present } from "../live/city.js";
import { deskOf } from "./desk.js";
import { SECTIONS, beaconOf, before, endOf, placeOf, sectionOf, shortNumber, slipOf, startOf, stateWord, symbolOf } from "./facts.js";
import { held, same } from "./order.js";
import { secondLine } from "./sentences.js";

const CLOSED_SHOWN = 6;
const BLINKS_MS = 30_000;
const NARROW = matchMedia("(max-width: 1700px)");

export function mount(root, context) {
  const { t, clock, words, page } = context;
  const desk = deskOf(context);
  const rows = new Map();
  const inSight = new Set();
  const sight = new IntersectionObserver((seen) => seen.forEach((one) => (one.isIntersecting ? inSight.add(one.target) : inSight.delete(one.target))), { root: null, rootMargin: "80px" });
  const parts = build(root, t);
  let shown = Object.fromEntries(SECTIONS.map((section) => [section, []]));
  desk.shown = () => SECTIONS.flatMap((section) => shown[section]);

  /** What the queue would show if nobody were busy: {section: [ids]}. */
  function wanted(now) {
    const city = desk.live.city();
    const lists = Object.fromEntries(SECTIONS.map((section) => [section, []]));
    for (const incident of present(city, "incidents")) lists[sectionOf(incident, now, desk.targets)].push(incident);
    for (const section of SECTIONS) lists[section].sort((a, b) => before(section, a, b));
    lists.done = justClosed(city, CLOSED_SHOWN);
    return Object.fromEntries(SECTIONS.map((section) => [section, lists[section].map((incident) => incident.id)]));
  }

  /** Put the rows where they belong, or leave them while somebody's hand is there. */
  function arrange(now) {
    const next = wanted(now);
    const lists = desk.hands.isQuiet() ? next : held(shown, next);
    if (same(shown, lists) && desk.shown().every((id) => rows.has(id))) return count(next);
    shown = lists;
    const all = new Set(desk.shown());
    for (const [id, row] of rows) if (!all.has(id)) forget(id, row);
    for (const section of SECTIONS) {
      let place = parts[section].list.firstChild;
      for (const id of shown[section]) {
        const row = rows.get(id) ?? make(id, now);
        if (row === place) place = place.nextSibling;
        else parts[section].list.insertBefore(row, place);
      }
    }
    count(next);
    if (!desk.state.chosen || !desk.live.city().incidents.has(desk.state.chosen)) desk.choose(desk.shown()[0] ?? null);
  }

  function count(lists) {
    for (const section of SECTIONS) {
      say(parts[section].number, String(lists[section].length));
      parts[section].group.hidden = !lists[section].length && !shown[section].length;
    }
    const empty = !lists.need.length && !lists.slip.length;
    parts.empty.hidden = !empty;
    if (empty) say(parts.empty, lists.done.length ? t("queue.calm_last", { time: words.hour(closedAt(lists.done[0])) }) : t("queue.calm"));
  }
  const closedAt = (id) => endOf(desk.live.city().incidents.get(id));

  function make(id, now) {
    const row = makeRow(id);
    rows.set(id, row);
    sight.observe(row);
    row.addEventListener("click", () => desk.choose(id));
    update(row, desk.live.city().incidents.get(id), now);
    return row;
  }
  function forget(id, row) {
    sight.unobserve(row);
    inSight.delete(row);
    row.remove();
    rows.delete(id);
  }

  /** Everything in a row that does not depend on the second. */
  function update(row, incident, now) {
    if (!incident) return;
    const { parts: p } = row;
    const isNew = symbolOf(incident) === "fresh" && now - startOf(incident) < BLINKS_MS;
    restate(p.symbol, symbolOf(incident), isNew ? "blink" : "");
    say(p.number, shortNumber(incident.number));
    say(p.priority, String(incident.priority));
    cls(p.priority, `pri p${incident.priority}`);
    say(p.type, words.label(page.types, incident.type));
    say(p.place, placeOf(incident, words) || t("place.none"));
    attr(p.place, "title", placeOf(incident, words) || null);
    tick(row, incident, now);
  }

  /** What moves by itself: the clock, the line, and what follows from them. */
  function tick(row, incident, now) {
    const { parts: p } = row;
    const section = sectionOf(incident, now, desk.targets);
    const slip = section === "slip" ? slipOf(incident, now, desk.targets) : null;
    const end = section === "done" ? endOf(incident) : now;
    const time = section === "done" ? words.hour(end) : waited(end - startOf(incident), words.english);
    const chosen = incident.id === desk.state.chosen;
    cls(row, `${section === "done" ? "q-done" : "q-row"} ${section}${chosen ? " sel" : ""}`);
    say(p.clock, time);
    cls(p.clock, time.length > 5 ? "long" : "");
    say(p.word, t(stateWord(incident, slip)));
    if (!inSight.has(row) && row.isConnected && p.drawn) return;
    p.drawn = true;
    const second = secondLine(incident, now, { context, desk, slip });
    say(p.second, second);
    if (section !== "done") draw(p.beacon, beaconOf(incident, now, desk.targets), { width: NARROW.matches ? 68 : 92, height: 22 });
    attr(row, "aria-selected", String(chosen));
    attr(row, "aria-label", `${shortNumber(incident.number)} · ${t("priority.n", { n: incident.priority })} · ${words.label(page.types, incident.type)} · ${placeOf(incident, words) || t("place.none")} · ${t(stateWord(incident, slip))} · ${time}`);
  }

  let marked = null;
  function mark() {
    const { chosen } = desk.state;
    const row = rows.get(chosen);
    if (marked === chosen && (!row || row.classList.contains("sel"))) return;
    const old = rows.get(marked);
    old?.classList.remove("sel");
    old?.setAttribute("aria-selected", "false");
    marked = row ? chosen : null;
    attr(parts.box, "aria-activedescendant", row?.id);
    if (!row) return;
    row.classList.add("sel");
    row.setAttribute("aria-selected", "true");
    if (!row.matches(":hover")) row.scrollIntoView({ block: "nearest" }); // costs a layout: once a choice, not once an entry
  }

  desk.live.onChange((city, what) => {
    const now = clock.now();
    for (const id of what.all ? rows.keys() : what.incidents) if (rows.has(id)) update(rows.get(id), city.incidents.get(id), now);
    if (what.all || what.incidents.size) arrange(now);
    mark();
  });
  // For those who listen: a new one is said, once, in a sentence.
  desk.live.onEntry((entry) => {
    const fresh = entry.what === "incident.opened" && entry.rows?.incidents?.[0];
    if (fresh) context.announce(t("said.new", { number: shortNumber(fresh.number), priority: fresh.priority, type: words.label(page.types, fresh.type), place: placeOf(fresh, words) || t("place.none") }));
  });
  clock.every((now) => {
    const city = desk.live.city();
    arrange(now);
    for (const [id, row] of rows) if (city.incidents.has(id)) tick(row, city.incidents.get(id), now);
  });
  context.bus.on("desk", mark);
  NARROW.addEventListener("change", () => arrange(clock.now()));
}

/** The five parts, made once; the server drew nothing here. */
function build(root, t) {
  const head = el("div", { class: "q-head", "aria-hidden": "true" }, el("span"), el("span", { text: t("queue.priority") }), el("span", { text: t("queue.what") }), el("span", { text: t("queue.line") }), el("span", { class: "num", text: t("queue.clock") }));
  const box = el("div", { class: "q-box", role: "listbox", tabindex: "0", "aria-label": t("queue.label") });
  const parts = { box, empty: el("p", { class: "q-empty" }) };
  const tone = { need: "hot", slip: "wait", hand: "", toclose: "", done: "" };
  for (const section of SECTIONS) {
    const number = el("b", { text: "0" });
    const list = el("div", { role: "presentation" });
    const group = el("div", { role: "group", "aria-labelledby": `q-${section}`, hidden: true }, el("div", { class: `q-sec ${tone[section]}`, id: `q-${section}` }, el("b", { text: t(`section.${section}`) }), number, el("span", { class: "i3", text: t(`section.${section}_note`) })), list);
    parts[section] = { group, list, number };
    box.append(group);
  }
  root.replaceChildren(head, parts.empty, box);
  return parts;
}

function makeRow(id) {
  const p = { symbol: stateSymbol("fresh"), number: el("span"), priority: el("div"), type: el("span", { class: "ty" }), place: el("span", { class: "pl ell" }), beacon: line(), second: el("div", { class: "l2 ell" }), clock: el("b"), word: el("span") };
  p.beacon.removeAttribute("role");
  p.beacon.setAttribute("aria-hidden", "true");
  const row = el("div", { class: "q-row", role: "option", id: `row-${id}` },
    el("div", { class: "g" }, p.symbol, p.number), p.priority,
    el("div", { class: "mid2" }, el("div", { class: "l1" }, p.type, p.place), p.beacon, p.second),
    el("div", { class: "t" }, p.clock, p.word));
  row.parts = p;
  return row;
}
