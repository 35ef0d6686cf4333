// Small pieces that every part of the detail is made of.

import { el } from "../../look/dom.js";
import { icon } from "../../look/icons.js";

/** A heading with its note. */
export const heading = (title, note = "", ...more) => el("div", { class: "h3" }, el("h3", { text: title }), el("span", { class: "note", text: note }), el("span", { class: "grow" }), ...more);

/** A refusal where it belongs: the sentence, then the code in grey. */
export const fault = (refused) =>
  el("div", { class: "er", role: "alert" }, icon("broken"), el("span", {}, refused.sentence, refused.code ? " " : "", refused.code ? el("code", { text: refused.code }) : null));

/** A button that stands for a row of the table of commands. */
export function commandButton(commands, row, t, className = "btn") {
  return el("button", { class: className, type: "button", "data-command": row.id, on: { click: () => commands.run(row.id) } }, el("span", { text: t(row.word) }), el("kbd", { text: commands.show(row) }));
}

/** Call signs and durations keep together when a line breaks. */
export const together = (text, className = "") => el("span", { class: `nb ${className}`.trim(), text });
