// How many streets are closed, and how is one closed? Two small buttons over the map, and for some seconds the way back.

import { attr, cls, el, say } from "../look/dom.js";
import { icon } from "../look/icons.js";
import { distance } from "../look/words.js";
import { commandsOf } from "./commands.js";
import { deskOf } from "./desk.js";
import { closingOf } from "./streets/closing.js";
import { inForce, isDetached, streetsOf, untilOf } from "./streets/facts.js";

export function mount(root, context) {
  const { t, words, bus, clock } = context;
  const desk = deskOf(context);
  const commands = commandsOf(context);
  const closing = closingOf(context);
  const button = (id, ...parts) => el("button", { class: "step", type: "button", "aria-keyshortcuts": commands.show(commands.byId(id)), on: { click: () => commands.run(id) } }, ...parts, el("kbd", { text: commands.show(commands.byId(id)) }));
  const close = commands.byId("street") && button("street", icon("closure"), t("cmd.street"));
  const count = el("span");
  const lost = el("b", { class: "wait" });
  const list = button("closures", count, lost);
  const told = el("span");
  const undo = commands.byId("undo") && el("div", { class: "undo", hidden: true }, icon("check"), told, button("undo", t("cmd.undo")));
  root.append(...(undo ? [undo] : []), el("div", { class: "row" }, ...(close ? [close] : []), list));

  function show() {
    const rows = inForce(desk.live.city());
    const away = rows.filter(isDetached).length;
    say(count, t("streets.closed", { n: rows.length }));
    say(lost, away ? t("streets.lost", { n: away }) : "");
    list.hidden = !rows.length;
    for (const [one, name] of [[close, "closing"], [list, "list"]]) if (one) attr(one, "aria-expanded", String(desk.state.streets === name));
    cls(list, away ? "step lost" : "step");
    root.hidden = !close && list.hidden;
    if (undo) showUndo();
  }
  function showUndo() {
    const row = closing.undoable();
    undo.hidden = !row;
    if (!row) return;
    const until = row.until ? t("closures.until", { time: untilOf(row.until, clock.now(), words) }) : t("closing.for.0");
    say(told, t("streets.made", { streets: streetsOf(row.streets, words) || t("closing.nameless"), metres: distance(row.metres), until }));
    if (undo.dataset.said === row.id) return;
    undo.dataset.said = row.id;
    context.announce(told.textContent);
  }
  bus.on("desk", show);
  bus.on("closing", show);
  desk.live.onChange((_city, what) => {
    if (what.all || what.closures.size) show();
  });
  clock.every(() => undo && showUndo());
  show();
}
