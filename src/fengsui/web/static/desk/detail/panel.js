// What more must be said before it is done? How it ended, why it is withdrawn, a note, another unit, another place.
//
// One panel above the acts. Enter does it, Esc puts it away.

import { el } from "../../look/dom.js";
import { state as stateSymbol } from "../../look/icons.js";
import { actsOf } from "../acts.js";
import { jobOf } from "../commands.js";
import { deskOf } from "../desk.js";
import { callName, unitFace } from "../facts.js";
import { placeField } from "../place-field.js";
import { proposalOf } from "../proposal.js";
import { letters, segments } from "../segments.js";

const OFFERED = 8;

export function makePanel(context) {
  const { bus } = context;
  const desk = deskOf(context);
  const element = el("section", { class: "panel", hidden: true });
  const kinds = { close: closing, cancel: cancelling, note: noting, other: other, relocate: relocating, recall: recalling };
  let open = null;
  let about = null;
  let current = null;

  function show(incident) {
    const wanted = desk.state.calling ? null : desk.state.panel;
    if (wanted === open && about === incident.id) return;
    current?.away?.();
    open = wanted;
    about = incident.id;
    current = wanted ? kinds[wanted](context, { bus }) : null;
    element.hidden = !current;
    element.replaceChildren(...(current ? [current.element] : []));
    current?.focus();
  }
  return { element, show };
}

/** A form with a title whose Enter does `run`; put away once that is done, unless another one was opened since. */
function sheet(context, { title, note = "", word, run }, ...fields) {
  const { t } = context;
  const button = el("button", { class: "btn act", type: "submit" }, el("span", { text: word }), el("kbd", { text: "Enter" }));
  const form = el("form", { class: "p-form", novalidate: true, "aria-label": title }, el("div", { class: "h3" }, el("h3", { text: title }), el("span", { class: "note", text: note })), ...fields, el("div", { class: "p-acts" }, button, el("button", { class: "btn", type: "button", on: { click: () => deskOf(context).set({ panel: null, fault: null }) } }, t("panel.away"), el("kbd", { text: "Esc" }))));
  const submit = async () => (await run()) && form.isConnected && deskOf(context).set({ panel: null });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || event.shiftKey || event.repeat) return;
    if (event.target.closest("button") && event.target.getAttribute("role") !== "radio") return;
    event.preventDefault();
    event.stopPropagation();
    submit();
  });
  return form;
}

function closing(context) {
  const { page, t, words } = context;
  const keys = letters(page.dispositions);
  const choice = segments({ label: t("close.how"), className: "wrap", options: page.dispositions.map((one, n) => ({ code: one.code, text: words.named(one), key: keys[n] })) });
  const run = () => (choice.value() ? actsOf(context).close(choice.value()) : choice.focus());
  return { element: sheet(context, { title: t("close.title"), note: t("close.note"), word: t("close.do"), run }, choice.element), focus: choice.focus };
}

function reasoned(context, key, act) {
  const { t } = context;
  const field = el("input", { class: "field", type: "text", id: `p-${key}`, autocomplete: "off", maxlength: "500" });
  const run = () => act(field.value.trim());
  return { element: sheet(context, { title: t(`${key}.title`), note: t(`${key}.note`), word: t(`${key}.do`), run }, el("label", { class: "lab", for: field.id, text: t("panel.reason") }), field), focus: () => field.focus() };
}
const cancelling = (context) => reasoned(context, "cancel", (reason) => actsOf(context).cancel(reason));

function recalling(context) {
  const desk = deskOf(context);
  const job = jobOf(desk);
  return reasoned(context, "recall", (reason) => actsOf(context).recall(job, reason));
}

function noting(context) {
  const { t } = context;
  const field = el("textarea", { class: "field", id: "p-note", rows: "3", maxlength: "4000" });
  const run = () => (field.value.trim() ? actsOf(context).note(field.value.trim()) : field.focus());
  return { element: sheet(context, { title: t("note.title"), note: t("note.note"), word: t("note.do"), run }, el("label", { class: "sr", for: field.id, text: t("note.title") }), field), focus: () => field.focus() };
}

/** Any unit by its call sign: typed in either script, the free ones first. */
function other(context) {
  const { t, words, clock } = context;
  const desk = deskOf(context);
  const list = el("ul", { class: "hits", id: "p-other-list", role: "listbox", "aria-label": t("other.title") });
  const field = el("input", { class: "field", id: "p-other", type: "text", autocomplete: "off", spellcheck: "false", role: "combobox", "aria-expanded": "true", "aria-controls": "p-other-list" });
  let offers = [];
  let at = 0;

  function search() {
    const typed = field.value.trim().toLowerCase();
    const units = [...desk.live.city().units.values()].filter((unit) => matches(unit, typed));
    offers = units.sort((a, b) => (a.state === "available" ? 0 : 1) - (b.state === "available" ? 0 : 1) || (a.callsign < b.callsign ? -1 : 1)).slice(0, OFFERED);
    at = 0;
    draw();
  }
  function draw() {
    list.replaceChildren(...offers.map((unit, n) => {
      const face = unitFace(unit, clock.now(), desk.targets);
      const row = el("li", { role: "option", id: `p-other-${n}`, "aria-selected": String(n === at), class: n === at ? "on" : "" }, stateSymbol(face.symbol, "s"), el("b", { class: "nb", text: callName(desk.live.city().units, unit.callsign, words) }), el("span", { class: "i2", text: words.label(context.page.kinds, unit.kind) }), el("span", { class: "i3 sm", text: t(`unit.${unit.state}`) }));
      row.addEventListener("mousedown", (event) => (event.preventDefault(), (at = n), list.closest("form").requestSubmit()));
      return row;
    }));
    if (offers.length) field.setAttribute("aria-activedescendant", `p-other-${at}`);
    else field.removeAttribute("aria-activedescendant");
  }
  const run = () => (offers[at] ? actsOf(context).send(offers[at].callsign, proposalOf(context).shown()?.id) : field.focus());
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.isComposing || !offers.length) return;
    event.preventDefault();
    at = (at + by + offers.length) % offers.length;
    draw();
  });
  if (desk.state.unit && desk.unit(desk.state.unit)?.state === "available") field.value = callName(desk.live.city().units, desk.state.unit, words);
  search();
  return { element: sheet(context, { title: t("other.title"), note: t("other.note"), word: t("other.do"), run }, el("label", { class: "lab", for: field.id, text: t("other.callsign") }), field, list), focus: () => (field.focus(), field.select()) };
}
const matches = (unit, typed) => [unit.callsign, unit.name?.zh, unit.name?.en].some((name) => (name ?? "").toLowerCase().includes(typed));

function relocating(context, { bus }) {
  const { t } = context;
  const desk = deskOf(context);
  let pin = null;
  const setPin = (next) => {
    pin = next;
    place.show(pin);
    desk.set({ pin });
  };
  const place = placeField(context, { label: t("relocate.place"), hint: t("call.place_hint"), onPick: setPin });
  place.show(null);
  const stop = bus.on("map-click", ({ lon, lat }) => (setPin({ lon, lat, name: "" }), place.focus()));
  const run = () => (pin ? actsOf(context).relocate({ lon: pin.lon, lat: pin.lat, place: pin.name || place.typed() }) : place.focus());
  return {
    element: sheet(context, { title: t("relocate.title"), note: t("relocate.note"), word: t("relocate.do"), run }, place.element),
    focus: place.focus,
    away() {
      stop();
      if (!desk.state.calling) desk.set({ pin: null });
    },
  };
}
