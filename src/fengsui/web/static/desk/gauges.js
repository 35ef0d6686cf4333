// How many need a hand, how many slip, how many crews are free? The figures in the top bar; the tower's fire while something waits.

import { el, say } from "../look/dom.js";
import { running } from "../look/words.js";
import { present } from "../live/city.js";
import { deskOf } from "./desk.js";
import { sectionOf, startOf, unitFace } from "./facts.js";

export function mount(root, context) {
  const { t, clock } = context;
  const desk = deskOf(context);
  const mark = document.querySelector(".mark");
  const gauge = (key, tone = "") => {
    const figure = el("b", { text: "–" });
    const more = el("span", { class: "i3 wide" });
    const box = el("div", { class: "gauge" }, el("span", { class: tone, text: t(key) }), figure, more);
    return { box, figure, more };
  };
  const parts = { need: gauge("section.need"), slip: gauge("section.slip", "wait"), hand: gauge("section.hand"), free: gauge("gauge.free") };
  root.replaceChildren(...Object.values(parts).map((one) => one.box));
  parts.need.more.className = "wide";
  parts.free.more.className = "i3";

  function show(now) {
    const city = desk.live.city();
    const count = { need: 0, slip: 0, hand: 0, toclose: 0 };
    let oldest = Infinity;
    for (const incident of present(city, "incidents")) {
      const section = sectionOf(incident, now, desk.targets);
      count[section] += 1;
      if (section === "need") oldest = Math.min(oldest, startOf(incident));
    }
    const units = [...city.units.values()].map((unit) => unitFace(unit, now, desk.targets).symbol);
    say(parts.need.figure, String(count.need));
    say(parts.need.more, count.need ? t("gauge.oldest", { time: running(now - oldest) }) : "");
    parts.need.box.classList.toggle("burning", count.need > 0);
    mark?.classList.toggle("lit", count.need > 0);
    say(parts.slip.figure, String(count.slip));
    say(parts.hand.figure, String(count.hand + count.toclose));
    say(parts.free.figure, String(units.filter((symbol) => symbol === "available").length));
    say(parts.free.more, `/ ${units.filter((symbol) => symbol !== "off").length}`);
    document.title = count.need ? `(${count.need}) ${t("desk.title")}` : t("desk.title");
  }
  clock.every(show);
  desk.live.onChange(() => show(clock.now()));
}
