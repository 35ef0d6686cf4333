// What is the caller saying? The form: place, type, priority, words, who calls. Nothing in it is required but the type.
//
// Esc puts the form away and keeps everything typed; F2 brings it back. What was sent is cleared only when the server has it.

import { el } from "../look/dom.js";
import { icon } from "../look/icons.js";
import { running } from "../look/words.js";
import { actsOf } from "./acts.js";
import { deskOf } from "./desk.js";
import { fault } from "./detail/parts.js";
import { placeField } from "./place-field.js";
import { letters, segments } from "./segments.js";

export function makeCallForm(context) {
  const { page, t, words, clock, bus } = context;
  const desk = deskOf(context);
  const acts = actsOf(context);
  let pin = null;
  let beganAt = null;
  // One id for one call: sent twice (a lost answer, a second press), it is the same report.
  let id = crypto.randomUUID();

  const setPin = (next) => {
    pin = next;
    place.show(pin);
    desk.set({ pin });
  };
  const place = placeField(context, { label: `1 · ${t("call.place")}`, hint: t("call.place_hint"), onPick: (one) => (setPin(one), type.focus()), onFound: (one) => pin ?? setPin(one) });
  const keys = letters(page.types);
  const type = segments({ label: t("call.type"), className: "types", options: page.types.map((one, n) => ({ code: one.code, text: words.named(one), key: keys[n] })), onPick: () => (check(), priority.focus()) });
  const priority = segments({ label: t("call.priority"), className: "short", options: (page.priorities ?? [1, 2, 3, 4]).map((n) => ({ code: n, text: String(n), key: String(n) })), onPick: () => said.focus() });
  const said = el("textarea", { class: "field", id: "call-words", rows: "2", maxlength: "4000" });
  const name = el("input", { class: "field", id: "call-name", type: "text", autocomplete: "off", maxlength: "80" });
  const number = el("input", { class: "field", id: "call-number", type: "tel", autocomplete: "off", maxlength: "40" });
  const save = el("button", { class: "btn act", type: "submit" }, el("span", { text: t("call.save") }), el("kbd", { text: "Enter" }));
  const since = el("b", { class: "nb" });
  const wrong = el("div", { class: "wrong" });
  const labelled = (label, field) => el("div", {}, el("label", { class: "lab", for: field.id, text: label }), field);
  const form = el("form", { class: "call", novalidate: true, "aria-label": t("call.title"), hidden: true },
    el("div", { class: "d-head" }, el("div", { class: "r1" }, icon("phone"), el("h2", { class: "calling", text: t("call.title") }), el("span", { class: "grow" }), el("span", { class: "i3" }, `${t("call.since")} `, since))),
    el("div", { class: "form" },
      place.element,
      el("div", {}, el("div", { class: "lab", text: `2 · ${t("call.type")}` }), type.element),
      el("div", {}, el("div", { class: "lab", text: `3 · ${t("call.priority")}` }), priority.element),
      labelled(`4 · ${t("call.words")}`, said),
      el("div", { class: "two" }, labelled(`5 · ${t("call.name")}`, name), labelled(`6 · ${t("call.number")}`, number)),
      el("p", { class: "i3 sm", text: t("call.kept") })),
    wrong,
    el("div", { class: "acts" }, save, el("button", { class: "btn", type: "button", on: { click: () => desk.set({ calling: false, fault: null }) } }, t("call.away"), el("kbd", { text: "Esc" })), el("button", { class: "btn", type: "button", on: { click: clear } }, t("call.clear"))));
  place.show(null);

  /** What was typed and what was picked, both kept: the register's name first, the caller's words behind it. */
  function placeWords() {
    const typed = place.typed();
    if (!pin?.name) return typed;
    return !typed || pin.name.includes(typed) ? pin.name : words.english ? `${pin.name} (${typed})` : `${pin.name}（${typed}）`;
  }
  function check() {
    wrong.replaceChildren();
    type.element.removeAttribute("aria-invalid");
    return type.value() != null;
  }
  async function send() {
    if (!check()) {
      type.element.setAttribute("aria-invalid", "true");
      wrong.replaceChildren(fault({ sentence: t("call.type_missing"), code: "" }));
      return type.focus();
    }
    await place.settled();
    const contact = { ...(name.value.trim() && { name: name.value.trim() }), ...(number.value.trim() && { number: number.value.trim() }) };
    const answer = await acts.report({
      source_event_id: id, type: type.value(), ...(priority.value() && { priority: priority.value() }), ...(placeWords() && { place: placeWords() }),
      ...(pin && { lon: pin.lon, lat: pin.lat }), ...(said.value.trim() && { words: said.value.trim() }), ...(Object.keys(contact).length && { contact }),
    });
    if (!answer) return;
    clear();
    desk.set({ calling: false });
    if (answer.incident) desk.choose(answer.incident);
  }
  function clear() {
    id = crypto.randomUUID();
    beganAt = desk.state.calling ? clock.now() : null;
    place.clear();
    type.set(null);
    priority.set(null);
    for (const field of [said, name, number]) field.value = "";
    setPin(null);
    check();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || event.repeat) return;
    // Enter saves from any field; Shift begins a new line in the words, and a button does what it says.
    const onButton = event.target.closest("button") && event.target.getAttribute("role") !== "radio";
    if (!event.ctrlKey && (onButton || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    send();
  });
  bus.on("map-click", ({ lon, lat }) => {
    if (!desk.state.calling) return;
    setPin({ lon, lat, name: "" });
    type.focus(); // the map has taken the focus with the click
  });
  clock.every((now) => {
    if (desk.state.calling) since.textContent = running(now - (beganAt ?? now));
  });
  bus.on("desk", (state) => {
    const opened = state.calling && form.hidden;
    if (!state.calling && form.contains(document.activeElement)) document.activeElement.blur(); // hidden only, it would go on taking keys
    form.hidden = !state.calling;
    if (state.calling) wrong.replaceChildren(...(state.fault ? [fault(state.fault)] : []));
    if (!opened) return;
    beganAt ??= clock.now();
    desk.set({ pin });
    place.focus();
  });
  return form;
}
