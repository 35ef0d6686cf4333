// Which streets, which way, until when, why? The form of a closure: two ends, and the path between them before it is confirmed.
//
// Enter closes what is shown, Esc takes one step back. Both ends can be clicked or looked up, so no pointer is needed.

import { attr, el, say } from "../../look/dom.js";
import { distance } from "../../look/words.js";
import { deskOf } from "../desk.js";
import { commandsOf } from "../commands.js";
import { fault } from "../detail/parts.js";
import { placeField } from "../place-field.js";
import { letters, segments } from "../segments.js";
import { closingOf } from "./closing.js";
import { clockAhead, streetsOf, untilOf } from "./facts.js";

const MINUTE = 60_000;
/** Minutes that are offered; none means until somebody lifts it. */
const OFFERED = [30, 60, 120, 0];

export function makeForm(context) {
  const { page, t, words, clock, bus } = context;
  const desk = deskOf(context);
  const closing = closingOf(context);

  let shown = closing.draft();
  let shownFault = null;
  const end = (key, set, next) => placeField(context, { label: t(`closing.${key}`), hint: t("closing.place_hint"), none: t(`closing.${key}_none`), hasOwnWords: false, onPick: (one) => (set(one), bus.emit("look-at-place", one), next()) });
  const start = end("start", closing.setStart, () => finish.focus());
  const finish = end("end", closing.setEnd, () => until.focus());
  const names = el("b");
  const metres = el("span", { class: "i2" });
  const path = el("div", { class: "path", role: "status" }, names, metres);
  const wrong = el("div", { class: "wrong" });
  const ways = segments({ label: t("closing.ways"), options: [{ code: "both", text: t("closing.both"), key: "B" }, { code: "one", text: t("closing.one"), key: "O" }], value: "both", onPick: (code) => closing.setOneWay(code === "one") });
  const until = segments({ label: t("closing.until"), className: "four", options: OFFERED.map((minutes, n) => ({ code: minutes, text: t(`closing.for.${minutes}`), key: String(n + 1) })), value: 0, onPick: () => ((time.value = ""), tick()) });
  const time = el("input", { class: "field time", id: "closing-time", type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "5", placeholder: "14:30", on: { input: () => (until.set(time.value.trim() ? null : 0), tick()) } });
  const untilAt = el("b", { class: "nb i2" });
  const keys = letters(page.closure_reasons);
  const reasons = segments({ label: t("closing.reason"), className: "reasons", options: page.closure_reasons.map((one, n) => ({ code: one.code, text: words.named(one), key: keys[n] })), onPick: (code) => (why.value = words.label(page.closure_reasons, code)) });
  const why = el("input", { class: "field", id: "closing-reason", type: "text", autocomplete: "off", maxlength: "200", on: { input: () => reasons.set(null) } });
  const go = el("button", { class: "btn act", type: "submit" }, el("span", { text: t("closing.do") }), el("kbd", { text: "Enter" }));
  const back = el("button", { class: "btn", type: "button", on: { click: () => commandsOf(context).run("away") } }, t("closing.back"), el("kbd", { text: "Esc" }));
  const labelled = (text, ...parts) => el("div", {}, el("div", { class: "lab", text }), ...parts);
  const element = el("form", { class: "closing", novalidate: true, "aria-label": t("closing.title") },
    start.element, finish.element, path, wrong,
    labelled(t("closing.until"), until.element),
    el("div", { class: "two" }, el("div", {}, el("label", { class: "lab", for: time.id }, t("closing.time"), " ", untilAt), time), labelled(t("closing.ways"), ways.element)),
    el("div", {}, el("label", { class: "lab", for: why.id, text: t("closing.reason") }), reasons.element, why),
    el("div", { class: "p-acts" }, go, back));

  /** Milliseconds, null for "until lifted", undefined for what is no time of day. */
  function untilMs(now) {
    if (time.value.trim()) return clockAhead(time.value, now, words.hour) ?? undefined;
    return until.value() ? now + until.value() * MINUTE : null;
  }
  async function close() {
    const ms = untilMs(clock.now());
    if (ms === undefined) return refuse({ code: "", sentence: t("closing.no_time") }, time);
    if (!closing.draft().isSet || !closing.draft().start) return (closing.draft().start ? finish : start).focus();
    const row = await closing.close({ until: ms && new Date(ms).toISOString(), reason: why.value.trim() });
    if (!row) return;
    clear();
    desk.set({ streets: null });
  }
  function refuse(refused, field) {
    attr(field, "aria-invalid", "true");
    showFault(refused);
    field.focus();
  }
  /** Said once: what stands there already is not put there again. */
  function showFault(refused) {
    if (refused === shownFault) return;
    shownFault = refused;
    wrong.replaceChildren(...(refused ? [fault(refused)] : []));
  }
  /** An end that was taken back takes its words along. */
  function takeBack(field, wasThere, isThere) {
    if (!wasThere || isThere) return;
    field.clear();
    if (element.contains(document.activeElement)) field.focus();
  }
  function clear() {
    for (const field of [start, finish]) field.clear();
    for (const field of [time, why]) field.value = "";
    ways.set("both");
    until.set(0);
    reasons.set(null);
  }

  function show() {
    const draft = closing.draft();
    takeBack(finish, shown.isSet, draft.isSet);
    takeBack(start, shown.start, draft.start);
    shown = draft;
    start.show(draft.start);
    finish.show(draft.isSet ? draft.end : null);
    ways.set(draft.isOneWay ? "one" : "both");
    path.hidden = Boolean(draft.fault);
    say(names, pathName(draft));
    say(metres, draft.path ? pathFacts(draft.path) : "");
    attr(time, "aria-invalid", null);
    showFault(draft.fault ?? desk.state.fault);
    go.disabled = !draft.path || !draft.isSet;
    tick();
  }
  function pathName({ start: from, path: found, isAsking }) {
    if (found) return streetsOf(found.streets, words) || t("closing.nameless");
    return t(isAsking ? "closing.asking" : from ? "closing.hint_end" : "closing.hint_start");
  }
  const pathFacts = ({ metres: long, already, edges }) => [distance(long), already ? t("closing.already", { n: already, of: edges }) : ""].filter(Boolean).join(" · ");
  function tick() {
    const now = clock.now();
    const ms = untilMs(now);
    say(untilAt, ms ? untilOf(ms, now, words) : "");
  }
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
  });
  element.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || event.repeat || event.defaultPrevented) return;
    if (event.target.closest("button") && event.target.getAttribute("role") !== "radio") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  bus.on("closing", show);
  // The map has taken the focus with the click.
  bus.on("map-click", () => {
    if (desk.state.streets !== "closing") return;
    (closing.draft().isSet ? finish : start).clear();
    (closing.draft().isSet ? until : finish).focus();
  });
  clock.every(() => element.hidden || tick());
  return { element, show, focus: () => (closing.draft().isSet ? until : closing.draft().start ? finish : start).focus(), prefill: (row) => ((why.value = row.reason ?? ""), reasons.set(null)) };
}
