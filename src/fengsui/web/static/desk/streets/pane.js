// Closing streets and those that are closed: the pane that stands where the chosen incident would.

import { el, say } from "../../look/dom.js";
import { icon } from "../../look/icons.js";
import { commandsOf } from "../commands.js";
import { deskOf } from "../desk.js";
import { fault } from "../detail/parts.js";
import { makeForm } from "./form.js";
import { makeList } from "./list.js";

export function makeStreets(context) {
  const { t, bus, page } = context;
  const desk = deskOf(context);
  const form = makeForm(context);
  const list = makeList(context, { onAgain: form.prefill });
  const title = el("h2", { class: "calling" });
  const away = el("button", { class: "step", type: "button", on: { click: () => commandsOf(context).run("away") } }, t("panel.away"), el("kbd", { text: "Esc" }));
  const wrong = el("div", { class: "wrong" });
  const scroll = el("div", { class: "s-scroll" }, form.element, wrong, list.element);
  const element = el("section", { class: "s-pane", hidden: true, "aria-labelledby": "s-title" }, el("div", { class: "d-head" }, el("div", { class: "r1" }, icon("closure"), title, el("span", { class: "grow" }), away)), scroll);
  title.id = "s-title";

  let open = null;
  const showList = () => (list.element.hidden = !list.show() && open === "closing");
  bus.on("desk", (state) => {
    const isOpened = state.streets && state.streets !== open;
    open = state.streets;
    if (!open && element.contains(document.activeElement)) document.activeElement.blur(); // hidden only, it would go on taking keys
    element.hidden = !open;
    if (!open) return;
    form.element.hidden = open !== "closing";
    away.hidden = open === "closing";
    list.head.hidden = open === "list";
    say(title, t(open === "closing" ? "closing.title" : "closures.title"));
    wrong.replaceChildren(...(open === "list" && state.fault ? [fault(state.fault)] : []));
    form.show();
    showList();
    if (!isOpened) return;
    scroll.scrollTop = 0;
    open === "closing" ? form.focus() : list.focus();
  });
  desk.live.onChange((_city, what) => {
    if (open && (what.all || what.closures.size)) showList();
  });
  // A new road file may lack streets of a closure: the shift lead is told until it was read.
  desk.live.onEntry((entry) => {
    if (entry.what === "closure.detached" && page.role === "shift_lead") context.toast({ code: "closure_detached", sentence: t("closures.lost_said") });
  });
  return element;
}
