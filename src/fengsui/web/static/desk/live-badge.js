// How old is what I see? Counts since the server was last heard; says so when it is late, and the map turns grey.

import { el, say } from "../look/dom.js";
import { deskOf } from "./desk.js";

const LATE_MS = 6_000;
export const OLD_MS = 10_000;

export function mount(root, context) {
  const { t, clock, bus } = context;
  const desk = deskOf(context);
  const text = el("span");
  root.replaceChildren(el("span", { class: "beat", "aria-hidden": "true" }), text);
  let wasOld = false;

  function show(now) {
    const { line, heardAt, troubles } = desk.live.status();
    const age = heardAt == null ? Infinity : Math.max(0, now - heardAt);
    const isOld = heardAt != null && age > OLD_MS;
    const late = age > LATE_MS || line !== "open" || troubles.length > 0;
    root.classList.toggle("late", late && heardAt != null);
    say(text, sentence(line, age, troubles));
    if (isOld !== wasOld) {
      bus.emit("old", (wasOld = isOld));
      context.announce(t(isOld ? "live.old_said" : "live.back_said"));
    }
  }
  function sentence(line, age, troubles) {
    if (!Number.isFinite(age)) return t("live.connecting");
    if (age > LATE_MS) return t("live.late", { age: Math.floor(age / 1000) });
    if (line === "away") return t("live.away");
    if (troubles.length) return trouble(troubles[0].what);
    return t("live.fresh", { age: (age / 1000).toFixed(1) });
  }
  function trouble(what) {
    const known = t(`trouble.${what}`);
    return known === `trouble.${what}` ? t("live.trouble", { what }) : known;
  }
  clock.every(show);
  desk.live.onStatus(() => show(clock.now()));
}
