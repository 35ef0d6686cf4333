// What does each part of the crew's page say at this moment?

import { activeOf, beaconOf, dayNumber, limitOf, placeOf, startOf } from "../desk/facts.js";
import { doubt } from "../desk/sentences.js";
import { draw as drawBeacon } from "../look/beacon.js";
import { attr, cls, el, keyed, say } from "../look/dom.js";
import { OF_TYPE, icon, restate, state as stateSymbol } from "../look/icons.js";
import { distance, running } from "../look/words.js";
import { STEPS } from "./order.js";

const SYMBOL = { ordered: "dispatched", accepted: "accepted", en_route: "enroute", on_scene: "onscene", available: "available", off_duty: "off", out_of_service: "struck" };
const INK = { ordered: "wait", accepted: "move", en_route: "move", on_scene: "there", available: "free", off_duty: "i3", out_of_service: "i3" };
const TIME_OF = { accepted: "accepted_at", en_route: "en_route_at", on_scene: "on_scene_at", cleared: "ended_at" };
const MINUTE = 60_000;
const UNBROKEN = "\u2011"; // a hyphen that a line does not end at

export function makeView(parts, context) {
  const { t, words, page } = context;
  const targets = page.targets;
  const bar = Object.fromEntries(["name", "stand", "heard", "clock"].map((name) => [name, parts.bar.querySelector(`[data-part="${name}"]`)]));
  const symbol = stateSymbol("available");
  const word = el("span");
  bar.stand.append(symbol, word);
  const known = new Map();
  const roomy = matchMedia("(min-height: 780px)");
  let acts = {};
  let buttons = {};

  const place = (incident) => placeOf(incident, words) || t("place.none");
  const kind = (incident) => `${t("priority.n", { n: incident.priority })} · ${words.label(page.types, incident.type)}`;
  const show = (part, isShown) => (part.hidden = !isShown);

  return {
    place,
    left: () => buttons.left,
    right: () => buttons.right,
    /** Before anything is known. */
    first(line) {
      for (const part of [parts.sound, parts.ended, parts.alarm, parts.steps, parts.map, parts.note, parts.stats, parts.place, parts.beacon, parts.list, parts.last, parts.thumb]) show(part, false);
      show(parts.net, false);
      say(parts.idle.querySelector("h2"), t("live.connecting"));
      say(parts.idle.querySelector("p"), line === "away" ? t("api.not_reached_yet") : "");
    },
    show(stands, does) {
      acts = does;
      const status = stands.own?.assignment.status ?? null;
      drawBar(stands, status);
      drawSound(stands);
      drawNet(stands);
      drawEnded(stands);
      drawAlarm(stands, status);
      drawSteps(stands, status);
      drawStats(stands, status);
      drawNote(stands);
      drawPlace(stands, status);
      drawList(stands, status);
      drawIdle(stands);
      const mapShown = isMapShown(stands, status);
      show(parts.map, mapShown);
      show(parts.scroll, !stands.ended && (status === "ordered" || !(stands.own && mapShown)));
      cls(parts.scroll, mapShown ? "scroll beside" : "scroll");
      drawThumb(stands, status, mapShown);
    },
  };

  /** While it rings there is a map only where there is room for one. */
  function isMapShown({ own, unit, ended, onMap, state }, status) {
    if (ended || state === "off_duty") return false;
    if (!own) return unit?.lon != null;
    if (own.incident.lon == null || unit?.lon == null) return false;
    return status === "on_scene" ? onMap === true : status !== "ordered" || roomy.matches;
  }
  function drawBar({ unit, state, now, line, waiting }, status) {
    if (unit) say(bar.name, words.named(unit.name));
    const stand = status ?? (state === "committed" ? "ordered" : state);
    restate(symbol, SYMBOL[stand] ?? "off");
    cls(word, INK[stand] ?? "i3");
    say(word, stand ? t(status ? `status.${status}` : `unit.${stand}`) : "");
    const isAway = line !== "open";
    cls(bar.heard, isAway || waiting ? "heard wait" : "heard");
    const age = unit?.position_at && state !== "off_duty" ? Math.max(0, Math.round((now - Date.parse(unit.position_at)) / 1000)) : null;
    const heard = isAway ? t("crew.offline") : age == null ? t("crew.no_position") : t("crew.position_age", { age });
    say(bar.heard, waiting ? `${isAway ? `${t("crew.offline")} · ` : ""}${t("crew.waiting_n", { n: waiting })}` : heard);
    say(bar.clock, words.time(now));
    show(bar.clock, !waiting);
  }

  function drawSound({ canSound, own }) {
    show(parts.sound, !canSound);
    cls(parts.sound, own?.assignment.status === "ordered" ? "sound now" : "sound");
    say(parts.sound.querySelector("span"), t("crew.sound_off"));
  }

  /** Acts that wait, and why: a count nobody has to look for. */
  function drawNet({ waiting, line, stuck }) {
    show(parts.net, waiting > 0 && (line !== "open" || stuck != null));
    if (parts.net.hidden) return;
    const signedOut = stuck?.status === 401;
    const text = signedOut ? t("crew.signed_out", { n: waiting }) : t("crew.waits", { n: waiting });
    if (parts.net.firstChild?.textContent === text) return;
    parts.net.replaceChildren(el("span", { text }), signedOut ? el("a", { href: "/sign-in?next=/crew", text: t("crew.sign_in") }) : "");
  }

  function drawEnded({ ended }) {
    show(parts.ended, ended != null);
    if (!ended) return;
    say(parts.ended.querySelector("h2"), t(`crew.ended.${ended.kind}`));
    say(parts.ended.querySelector(".where"), ended.incident ? `${kind(ended.incident)} · ${place(ended.incident)} · ${dayNumber(ended.incident.number).replace("-", UNBROKEN)}` : "");
    say(parts.ended.querySelector(".what"), t(`crew.ended_do.${ended.kind}`));
    cls(parts.ended, ended.kind === "recalled" || ended.kind === "cancelled" ? "ended loud" : "ended");
  }

  function drawAlarm({ own, now }, status) {
    show(parts.alarm, status === "ordered");
    if (status !== "ordered") return;
    const { incident, assignment } = own;
    const rang = now - Date.parse(assignment.ordered_at);
    const shape = `i-${OF_TYPE[incident.type] ?? "dispute"}`;
    attr(parts.alarm.querySelector("use"), "href", `#${shape}`);
    say(parts.alarm.querySelector(".kind"), kind(incident));
    say(parts.alarm.querySelector(".ringing"), t("crew.ringing", { time: running(rang), limit: running(targets.accept_ms) }));
    say(parts.alarm.querySelector("h2"), place(incident));
    parts.alarm.querySelector(".burn i").style.width = `${Math.min(100, (100 * rang) / targets.accept_ms).toFixed(1)}%`;
  }

  function drawSteps({ own }, status) {
    show(parts.steps, own != null && status !== "ordered");
    if (parts.steps.hidden) return;
    const at = STEPS.indexOf(status);
    STEPS.forEach((step, n) => {
      const item = parts.steps.children[n];
      const isUnsent = own.assignment.unsent?.includes(step);
      cls(item, [n <= at ? "done" : "", n === at ? `now ${step}` : "", isUnsent ? "unsent" : ""].filter(Boolean).join(" "));
      attr(item, "aria-current", n === at ? "step" : null);
      const time = own.assignment[TIME_OF[step]];
      say(item.querySelector("time"), time && n <= at ? words.time(time) + (isUnsent ? ` ${t("crew.unsent")}` : "") : "");
    });
  }

  function drawStats({ own, way, now }, status) {
    show(parts.stats, own != null);
    if (!own) return;
    const { incident, assignment } = own;
    const since = [t("crew.since_call"), running(now - startOf(incident))];
    const far = (label) => [label, way ? distance(way.metres) : "–"];
    const whole = way?.seconds != null ? way.seconds * 1000 : assignment.ms;
    const cells = {
      ordered: [far(t("crew.way")), [t("crew.about"), whole == null ? "–" : words.duration(whole)], since],
      accepted: [far(t("crew.way")), [t("crew.about"), whole == null ? "–" : words.duration(whole)], since],
      en_route: [far(t("crew.left")), [t("crew.arrives"), arrives(way, whole, now)], ring(incident, way, whole, now)],
      on_scene: [[t("crew.there_since"), running(now - Date.parse(assignment.on_scene_at))], [t("crew.call_to_arrival"), running(Date.parse(assignment.on_scene_at) - startOf(incident))], since],
    }[status];
    cells.forEach(([label, value, className = "nb"], n) => {
      const [name, figure] = parts.stats.children[n].children;
      say(name, label);
      say(figure, value);
      cls(figure, className);
    });
  }
  function arrives(way, whole, now) {
    return whole == null ? "–" : t("crew.in_time", { time: running(Math.max(0, expected(way, whole, now) - now)) });
  }
  function ring(incident, way, whole, now) {
    const limit = limitOf(incident, targets);
    if (limit == null || whole == null) return [t("crew.since_call"), running(now - startOf(incident))];
    const late = expected(way, whole, now) - startOf(incident) - limit;
    const label = t("crew.ring", { n: limit / MINUTE });
    return late > 0 ? [label, t("crew.ring_late", { time: running(late) }), "nb wait"] : [label, t("crew.ring_made")];
  }

  function drawNote({ note }) {
    show(parts.note, note != null);
    if (!note) return;
    say(parts.note.querySelector("time"), words.hour(note.at));
    say(parts.note.querySelector("span"), t("crew.note_came"));
  }

  function drawPlace({ own }, status) {
    show(parts.place, own != null && status !== "ordered" && status !== null);
    if (parts.place.hidden) return;
    say(parts.place.querySelector("h2"), place(own.incident));
    say(parts.place.querySelector("p"), `${kind(own.incident)} · ${own.incident.number}`);
  }

  function drawList({ own, now }, status) {
    const isShown = own != null && (status === "ordered" || status === "on_scene");
    show(parts.beacon, status === "ordered");
    show(parts.list, isShown);
    if (!isShown) return;
    const { incident } = own;
    if (status === "ordered") drawBeacon(parts.beacon.firstChild, beaconOf(incident, now, targets), { width: Math.min(Math.max(parts.beacon.clientWidth - 32, 0), 640), height: 44, labels: true, r: 5, say: t("crew.beacon", { time: running(now - startOf(incident)) }) });
    const others = activeOf(incident).filter((one) => one.unit !== page.unit);
    const lines = [
      status === "ordered" ? { key: "number", icon: "doc", text: incident.number } : null,
      ...(incident.doubt ?? []).map((one) => ({ key: `doubt ${one}`, icon: "broken", text: doubt(one, t), className: "w" })),
      ...others.map((one) => ({ key: one.unit, state: SYMBOL[one.status], text: t("crew.with_you", { unit: one.unit, status: t(`status.${one.status}`) }) })),
      others.length ? null : { key: "alone", icon: "patrol", text: t("crew.alone") },
    ].filter(Boolean);
    keyed(parts.list, lines, known, {
      key: (one) => `${one.key} ${one.state ?? ""}`,
      make: (one) => el("li", { class: `li ${one.className ?? ""}`.trim() }, one.state ? stateSymbol(one.state) : icon(one.icon), el("span")),
      update: (item, one) => say(item.lastChild, one.text),
    });
  }

  function drawIdle({ own, ended, state, unit, last }) {
    show(parts.idle, !own && !ended);
    show(parts.last, !own && !ended && last.length > 0);
    if (parts.idle.hidden) return;
    say(parts.idle.querySelector("h2"), t(`crew.idle.${state ?? "none"}`));
    say(parts.idle.querySelector("p"), unit ? t(`crew.idle_do.${state}`) : t("crew.no_unit"));
    if (parts.last.hidden) return;
    const newest = [...last].sort((a, b) => Date.parse(endOf(b)) - Date.parse(endOf(a))).slice(0, 3);
    const text = newest.map((one) => `${words.hour(endOf(one))}  ${words.label(page.types, one.type)} · ${place(one)} · ${t(`status.${mine(one).status}`)}`);
    const list = parts.last.querySelector("ul");
    if (list.dataset.text === text.join("\n")) return;
    list.dataset.text = text.join("\n");
    list.replaceChildren(...text.map((line) => el("li", { text: line })));
  }
  function mine(incident) {
    return incident.assignments.filter((one) => one.unit === page.unit && one.ended_at).at(-1);
  }
  function endOf(incident) {
    return mine(incident).ended_at;
  }

  function drawThumb({ own, ended, state, now, breathing, unit }, status, mapShown) {
    show(parts.thumb, !ended && unit != null);
    if (parts.thumb.hidden) return;
    if (own) orderThumb(own, status, now, mapShown);
    else idleThumb(state);
    parts.go.disabled = breathing;
  }
  function orderThumb({ assignment }, status, now, mapShown) {
    const left = targets.accept_ms - (now - Date.parse(assignment.ordered_at));
    const small = status === "ordered" ? (left > 0 ? t("crew.go_small.ordered", { time: running(left) }) : t("crew.go_small.silent")) : t(`crew.go_small.${status}`);
    thumb({ go: [t(`crew.go.${status}`), small], left: status === "on_scene" ? [t(mapShown ? "crew.details" : "crew.show_map"), "", acts.turn] : [t("crew.cannot"), "", acts.decline], right: [t("crew.words"), t("crew.words_line"), acts.tell] });
  }
  function idleThumb(state) {
    const off = [t("crew.off_duty"), t("crew.off_duty_small"), () => acts.setState("off_duty")];
    const broken = [t("crew.out_of_service"), "", () => acts.setState("out_of_service")];
    const reload = [t("crew.reload"), "", () => acts.reload()];
    if (state === "off_duty") thumb({ go: [t("crew.go.off_duty"), t("crew.go_small.off_duty")], left: broken, right: reload });
    else if (state === "out_of_service") thumb({ go: [t("crew.go.out_of_service"), t("crew.go_small.off_duty")], left: off, right: reload });
    else thumb({ go: null, left: off, right: broken });
  }
  function thumb({ go, left, right }) {
    show(parts.go, go != null);
    if (go) fill(parts.go, go);
    fill(parts.left, left);
    fill(parts.right, right);
    buttons = { left: left[2], right: right[2] };
  }
  function fill(button, [text, small]) {
    say(button.firstChild, text);
    say(button.lastChild, small);
    show(button.lastChild, small !== "");
  }
}

/** When the unit may be there: counted from when the way was asked, else from now. */
const expected = (way, whole, now) => (way ? way.at + way.seconds * 1000 : now + whole);
