// What is this incident, who should go, who is on it, and what has been done? The pane of the chosen incident.

import { el } from "../look/dom.js";
import { makeCallForm } from "./call.js";
import { makeActBar } from "./detail/act-bar.js";
import { makeFacts } from "./detail/facts-part.js";
import { makeHead } from "./detail/head.js";
import { makeLog } from "./detail/log.js";
import { makePanel } from "./detail/panel.js";
import { makeRanking } from "./detail/ranking.js";
import { makeSent } from "./detail/sent.js";
import { deskOf } from "./desk.js";
import { makeStreets } from "./streets/pane.js";

export function mount(root, context) {
  const { t, clock, bus } = context;
  const desk = deskOf(context);
  const opened = makeOpened(context, desk);
  const parts = [makeHead(context), makeFacts(context, opened), makeSent(context), makeRanking(context), makeLog(context, opened)];
  const panel = makePanel(context, opened);
  const bar = makeActBar(context);
  const scroll = el("div", { class: "d-scroll", tabindex: "0" }, ...parts.slice(1).map((part) => part.element));
  const none = el("p", { class: "d-none", text: t("detail.none") });
  const sheet = el("div", { class: "sheet" }, parts[0].element, scroll, panel.element, bar.element);
  const form = makeCallForm(context);
  root.replaceChildren(none, sheet, form, makeStreets(context));

  let last = null;
  function show() {
    const incident = desk.incident();
    const isCovered = desk.state.calling || Boolean(desk.state.streets);
    none.hidden = Boolean(incident) || isCovered;
    sheet.hidden = !incident || isCovered;
    if (!incident) return;
    if (incident.id !== last) scroll.scrollTop = 0;
    last = incident.id;
    const now = clock.now();
    for (const part of [...parts, panel, bar]) part.show(incident, now);
  }
  bus.on("desk", show);
  bus.on("proposal", show);
  bus.on("opened", show);
  desk.live.onChange((_city, what) => {
    if (what.all || what.units.size || what.incidents.has(desk.state.chosen)) show();
  });
  clock.every((now) => {
    const incident = desk.incident();
    if (incident && !sheet.hidden) for (const part of [...parts, bar]) part.tick?.(incident, now);
  });
}

/** Looking past an incident is not opening it: reading what a person said leaves a line, so it waits this long. */
const SETTLED_MS = 600;
const AGAIN_MS = 3000;

/** The incident as it is opened: words, contact and timeline, read once, then kept up by the stream. */
function makeOpened(context, desk) {
  const { api, bus, may } = context;
  const read = new Map();
  let timer = null;
  let waitsFor = null;

  async function open(id) {
    const answer = await api.get(`incidents/${id}`).catch(() => null);
    waitsFor = null;
    if (!answer) return setTimeout(settle, AGAIN_MS);
    read.set(id, answer);
    while (read.size > 20) read.delete(read.keys().next().value);
    bus.emit("opened", id);
  }
  function settle() {
    const id = desk.state.calling ? null : desk.state.chosen;
    if (id === waitsFor) return;
    clearTimeout(timer);
    waitsFor = null;
    if (!id || read.has(id) || !may("read_incident")) return;
    waitsFor = id;
    timer = setTimeout(() => open(id), SETTLED_MS);
  }
  desk.live.onEntry((entry) => {
    const about = (entry.about ?? []).filter((one) => one.kind === "incident").map((one) => one.id);
    for (const id of about) {
      const known = read.get(id);
      if (!known || known.timeline.some((one) => one.seq === entry.seq)) continue;
      // An entry holds no words: what somebody wrote is read from the incident, which leaves its line.
      if (WORDY.test(entry.what)) open(id);
      else read.set(id, { ...known, timeline: [...known.timeline, entry] });
      bus.emit("opened", id);
    }
  });
  bus.on("desk", settle);
  settle();
  return { of: (id) => read.get(id) ?? null };
}
const WORDY = /note|report|relocat|correct|place/;
