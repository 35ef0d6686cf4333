// What can each key do? All of them, from the same table that obeys them.

import { el } from "../look/dom.js";
import { commandsOf } from "./commands.js";

export function mount(root, context) {
  const { t, bus } = context;
  const commands = commandsOf(context);
  const rows = commands.table.filter((row) => !row.hidden);
  const close = el("button", { class: "btn", type: "button" }, t("help.close"), el("kbd", { text: "Esc" }));
  const dialog = el("dialog", { class: "help", "aria-labelledby": "help-title" },
    el("h2", { id: "help-title", text: t("help.title") }),
    el("dl", {}, ...rows.map((row) => el("div", {}, el("dt", {}, el("kbd", { text: commands.show(row) })), el("dd", { text: t(row.word) })))),
    el("p", { class: "i3", text: t("help.note") }), close);
  close.addEventListener("click", () => dialog.close());
  root.replaceChildren(dialog);
  bus.on("help", () => dialog.showModal());
}
