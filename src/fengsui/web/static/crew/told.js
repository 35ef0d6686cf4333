// What did the caller say? Read only when the crew asks for it: each reading leaves a line, and the sheet says so.

import { el } from "../look/dom.js";
import { icon } from "../look/icons.js";

/** `open(incident)` reads and shows; nothing of it is kept on the phone. */
export function makeTold(root, context) {
  const { t, words, api } = context;
  const body = el("div", { class: "told" });
  const dialog = el("dialog", { class: "sheet tall", "aria-labelledby": "told-title" }, el("h2", { id: "told-title", text: t("crew.told_title") }), body, el("button", { class: "b2", type: "button", text: t("crew.away"), on: { click: () => dialog.close() } }));
  dialog.addEventListener("close", () => body.replaceChildren());
  root.append(dialog);

  async function open(incident) {
    body.replaceChildren(el("p", { class: "i3", role: "status", text: t("crew.told_reading") }));
    if (!dialog.open) dialog.showModal();
    try {
      const whole = await api.get(`incidents/${incident.id}?purpose=respond`);
      if (dialog.open) body.replaceChildren(...parts(whole));
    } catch (refused) {
      body.replaceChildren(el("p", { class: "er", role: "alert" }, icon("broken", "s"), el("span", {}, refused.sentence ?? t("api.fault"), " ", el("code", { text: refused.code ?? "" }))));
    }
  }

  function parts(whole) {
    const { place_words: place, words: said, contact } = whole;
    const notes = (whole.timeline ?? []).filter((entry) => entry.words);
    const told = [
      place && part("pin", t("crew.told_place"), el("span", { text: place })),
      said && part("dispute", t("crew.told_words"), el("span", { class: "said", text: said })),
      contact && part("phone", t("crew.told_caller"), el("span", {}, contact.name ?? "", contact.name && contact.number ? " · " : "", contact.number ? el("a", { href: `tel:${contact.number.replace(/[^+\d]/g, "")}`, class: "nb", text: contact.number }) : null)),
      ...notes.map((note) => part("by_desk", `${words.time(note.at)} ${note.by.name}`, el("span", { class: "said", text: note.words }))),
    ].filter(Boolean);
    return [...(told.length ? told : [el("p", { text: t("crew.told_nothing") })]), el("p", { class: "line", text: t("crew.told_line", { time: words.time(context.clock.now()) }) })];
  }
  const part = (name, label, said) => el("div", { class: "li" }, icon(name), el("div", {}, el("span", { class: "lab", text: label }), said));

  return { open };
}
