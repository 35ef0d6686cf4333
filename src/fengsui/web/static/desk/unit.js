// Who is this unit, and what may be done with it? A strip over the map for the unit that was picked on the board or the map.

import { el, say } from "../look/dom.js";
import { restate, state as stateSymbol } from "../look/icons.js";
import { actsOf } from "./acts.js";
import { deskOf } from "./desk.js";
import { callName, isOver, unitFace } from "./facts.js";

const SETTABLE = ["available", "off_duty", "out_of_service"];

export function mount(root, context) {
  const { t, words, page, may, clock, bus } = context;
  const desk = deskOf(context);
  const acts = actsOf(context);
  const symbol = stateSymbol("available", "s");
  const name = el("b", { class: "nb" });
  const what = el("span");
  const where = el("span", { class: "i2" });
  const age = el("span", { class: "i3" });
  const send = el("button", { class: "step", type: "button", on: { click: () => desk.set({ panel: "other" }) } }, t("unit.send"), el("kbd", { text: "O" }));
  const states = SETTABLE.map((state) => el("button", { class: "step", type: "button", "data-state-to": state, on: { click: () => acts.unitState(desk.state.unit, state) } }, t(`unit.set.${state}`)));
  const away = el("button", { class: "step", type: "button", "aria-label": t("panel.away"), on: { click: () => desk.set({ unit: null }) } }, "✕");
  root.append(symbol, name, what, where, age, send, ...states, away);

  function show() {
    const unit = desk.unit(desk.state.unit);
    root.hidden = !unit;
    if (!unit) return;
    const now = clock.now();
    const face = unitFace(unit, now, desk.targets);
    restate(symbol, face.symbol, "s");
    say(name, callName(desk.live.city().units, unit.callsign, words));
    say(what, t(`unit_state.${face.symbol}`));
    say(where, [words.label(page.kinds, unit.kind), unit.station ? words.named(unit.station) : "", unit.incident ?? ""].filter(Boolean).join(" · "));
    say(age, unit.position_at ? t("sent.position", { time: words.duration(now - Date.parse(unit.position_at)) }) : t("unit.no_position"));
    const incident = desk.incident();
    send.hidden = !may("dispatch") || unit.state !== "available" || !incident || isOver(incident);
    for (const button of states) {
      const to = button.dataset.stateTo;
      button.hidden = !may("set_unit_state") || unit.state === "committed" || unit.state === to;
    }
  }
  bus.on("desk", show);
  desk.live.onChange((_city, changed) => {
    if (changed.all || changed.units.has(desk.state.unit)) show();
  });
  clock.every(() => {
    if (!root.hidden) show();
  });
}
