// Which streets are closed now, until when, why, and who may open them again? Those that are not whole stand first.

import { attr, cls, el, keyed, say } from "../../look/dom.js";
import { icon } from "../../look/icons.js";
import { distance } from "../../look/words.js";
import { actsOf } from "../acts.js";
import { deskOf } from "../desk.js";
import { heading } from "../detail/parts.js";
import { closingOf } from "./closing.js";
import { inForce, isDetached, middleOf, reasonOf, streetsOf, untilOf } from "./facts.js";

export function makeList(context, { onAgain }) {
  const { t, words, page, may, clock, bus } = context;
  const desk = deskOf(context);
  const acts = actsOf(context);
  const mayLift = may("close_street");
  const known = new Map();
  const head = heading(t("closures.title"), "");
  const note = head.querySelector(".note");
  const none = el("p", { class: "none i2", text: t(mayLift ? "closures.none" : "closures.none_read") });
  const list = el("ul", { "aria-label": t("closures.title") });
  const element = el("section", { class: "closures" }, head, none, list);

  function make(row) {
    const parts = { names: el("b"), far: el("span", { class: "i2" }), line: el("span", { class: "l2" }), lost: el("p", { class: "wait", text: t("closures.lost_do"), hidden: true }) };
    const look = el("button", { class: "plain", type: "button", on: { click: () => pick(row.id), focus: () => pick(row.id) } }, el("span", { class: "l1" }, icon("closure"), parts.names, parts.far), parts.line);
    parts.again = el("button", { class: "step", type: "button", on: { click: () => again(row.id) } }, t("closures.again"));
    parts.lift = el("button", { class: "step", type: "button", on: { click: () => acts.lift(row.id) } }, t("closures.lift"));
    const who = el("p", { class: "i3 sm", text: t("closures.who_may") });
    const item = el("li", { "data-closure": row.id }, look, parts.lost, mayLift ? el("div", { class: "do" }, parts.lift, parts.again) : who);
    return Object.assign(item, { parts, look });
  }
  function update(item, row) {
    const { parts } = item;
    const now = clock.now();
    const names = streetsOf(row.streets, words) || t("closing.nameless");
    say(parts.names, names);
    say(parts.far, [distance(row.metres), row.one_way ? t("closures.one_way") : ""].filter(Boolean).join(" · "));
    say(parts.line, [row.until ? t("closures.until", { time: untilOf(row.until, now, words) }) : t("closing.for.0"), reasonOf(row.reason, page.closure_reasons, words), row.closed_at ? t("closures.since", { time: untilOf(row.closed_at, now, words) }) : ""].filter(Boolean).join(" · "));
    parts.lost.hidden = !isDetached(row);
    parts.again.hidden = !isDetached(row);
    attr(parts.lift, "aria-label", `${t("closures.lift")} · ${names}`);
    attr(parts.again, "aria-label", `${t("closures.again")} · ${names}`);
    cls(item, [isDetached(row) ? "lost" : "", desk.state.closure === row.id ? "sel" : ""].filter(Boolean).join(" "));
    attr(item.look, "aria-current", desk.state.closure === row.id ? "true" : null);
  }
  function pick(id) {
    const at = middleOf(desk.live.city().closures.get(id)?.geometry);
    desk.set({ closure: id });
    if (at) bus.emit("look-at-place", { lon: at[0], lat: at[1] });
  }
  function again(id) {
    const row = desk.live.city().closures.get(id);
    closingOf(context).begin(row);
    onAgain(row);
  }
  list.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = [...list.children];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    if (!by || at < 0) return;
    event.preventDefault();
    items[Math.min(items.length - 1, Math.max(0, at + by))].look.focus();
  });

  return {
    element, head,
    /** How many there are. */
    show() {
      const rows = inForce(desk.live.city());
      say(note, rows.length ? t("closures.n", { n: rows.length }) : "");
      none.hidden = rows.length > 0;
      keyed(list, rows, known, { key: (row) => row.id, make, update });
      return rows.length;
    },
    /** The one that was picked on the map, else the first. */
    focus() {
      const item = known.get(desk.state.closure) ?? list.firstElementChild;
      item?.look.focus();
      item?.scrollIntoView({ block: "nearest" });
    },
  };
}
