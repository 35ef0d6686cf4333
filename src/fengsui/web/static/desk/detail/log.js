// What has been done so far, when, and by whom? The record of this incident, newest below.

import { el } from "../../look/dom.js";
import { deskOf } from "../desk.js";
import { callName } from "../facts.js";
import { deed, doer } from "../sentences.js";
import { heading } from "./parts.js";

export function makeLog(context, opened) {
  const { t, words } = context;
  const desk = deskOf(context);
  const body = el("tbody");
  const element = el("section", { class: "so-far" }, heading(t("log.title")), el("table", { class: "log" }, el("caption", { class: "sr", text: t("log.title") }), body));
  let drawn = null;

  function show(incident) {
    const read = opened.of(incident.id);
    const timeline = read?.timeline ?? [];
    element.hidden = !timeline.length;
    const now = `${incident.id} ${timeline.length} ${words.english}`;
    if (now === drawn) return;
    drawn = now;
    const name = (callsign) => callName(desk.live.city().units, callsign, words);
    body.replaceChildren(...timeline.map((entry) =>
      el("tr", {}, el("td", { class: "nb", text: words.tenths(entry.at) }), el("td", {}, deed(entry, { t, words, name }), entry.words ? el("span", { class: "i2", text: `${words.english ? ": " : "："}${entry.words}` }) : null), el("td", { class: "i3", text: doer(entry, context) }))));
  }
  return { element, show };
}
