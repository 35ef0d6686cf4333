// What did the caller say? Source, place as told, words, who called: opened for this incident, and that opening leaves a line.

import { el } from "../../look/dom.js";

export function makeFacts(context, opened) {
  const { t, words } = context;
  const element = el("dl", { class: "facts" });
  let drawn = null;

  function rows(incident, read) {
    const list = [[t("fact.received"), words.tenths(incident.received_at)]];
    if (incident.clock_from && Math.abs(Date.parse(incident.received_at) - Date.parse(incident.clock_from)) > 1000) list.push([t("fact.called"), words.tenths(incident.clock_from)]);
    if (!read) return list;
    if (read.place_words) list.push([t("fact.place"), read.place_words]);
    if (read.words) list.push([t("fact.words"), read.words]);
    const contact = [read.contact?.name, read.contact?.number].filter(Boolean).join(" · ");
    if (contact) list.push([t("fact.contact"), contact]);
    if (read.reports?.length > 1) list.push([t("fact.reports"), t("fact.reports_n", { n: read.reports.length })]);
    return list;
  }
  function show(incident) {
    const read = opened.of(incident.id);
    const list = rows(incident, read);
    const now = JSON.stringify(list);
    if (now === drawn) return;
    drawn = now;
    element.replaceChildren(...list.flatMap(([label, text]) => [el("dt", { text: label }), el("dd", { text })]));
  }
  return { element, show };
}
