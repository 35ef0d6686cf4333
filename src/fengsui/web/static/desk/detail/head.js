// Which incident is it, and how long has the caller waited? State, type, priority, number; the place; the clock and the line.

import { draw, line } from "../../look/beacon.js";
import { attr, cls, el, say } from "../../look/dom.js";
import { restate, state as stateSymbol } from "../../look/icons.js";
import { running, waited } from "../../look/words.js";
import { incidentAddress } from "../commands.js";
import { deskOf } from "../desk.js";
import { beaconOf, dayNumber, endOf, isOver, placeOf, sectionOf, slipOf, startOf, stateWord, symbolOf } from "../facts.js";
import { doubt } from "../sentences.js";

const NARROW = matchMedia("(max-width: 1700px)");

export function makeHead(context) {
  const { t, words, page } = context;
  const desk = deskOf(context);
  const symbol = stateSymbol("fresh");
  const word = el("span");
  const type = el("span", { class: "i2" });
  const priority = el("span", { class: "pri" });
  const number = el("a", { class: "i3 nb number" });
  const place = el("h2");
  const under = el("div", { class: "i2 under" });
  const clock = el("span", { class: "big" });
  const beacon = line("long");
  const element = el("div", { class: "d-head" },
    el("div", { class: "r1" }, symbol, word, type, priority, el("span", { class: "grow" }), number),
    place, under, el("div", { class: "r3" }, clock, beacon));

  function show(incident, now) {
    const section = sectionOf(incident, now, desk.targets);
    const tone = { need: "hot", slip: "wait" }[section] ?? "";
    restate(symbol, symbolOf(incident));
    say(word, section === "need" ? t("state.fresh") : t(stateWord(incident, slipOf(incident, now, desk.targets))));
    cls(word, section === "need" ? "tag hot" : tone || "str");
    say(type, words.label(page.types, incident.type));
    say(priority, String(incident.priority));
    cls(priority, `pri p${incident.priority}`);
    attr(priority, "aria-label", t("priority.n", { n: incident.priority }));
    attr(priority, "role", "img");
    say(number, `#${dayNumber(incident.number)}`);
    attr(number, "href", incidentAddress(page, incident));
    attr(number, "title", t("cmd.page"));
    say(place, placeOf(incident, words) || t("place.none"));
    say(under, (incident.doubt ?? []).map((one) => doubt(one, t)).join(" · "));
    under.hidden = !under.textContent;
    cls(clock, `big ${tone}`.trim());
    tick(incident, now);
  }
  function tick(incident, now) {
    const end = isOver(incident) ? endOf(incident) : now;
    say(clock, waited(end - startOf(incident), words.english));
    clock.classList.toggle("long", clock.textContent.length > 5);
    const b = beaconOf(incident, now, desk.targets);
    const shown = t("beacon.say", { time: running(end - startOf(incident)), limit: b.limit ?? "–" });
    draw(beacon, b, { width: NARROW.matches ? 230 : 318, height: 34, labels: true, r: 4, say: shown });
  }
  return { element, show, tick };
}
