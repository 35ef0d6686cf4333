// What does the crew need to see and to do now? One order, one next action at the thumb, everything else smaller.
//
// The page is drawn from three things: the live city (of which a crew sees its own), the acts that still wait in the phone,
// and the clock. Nothing is drawn that the server has not said, except what was pressed here and has not been answered yet.

import { present } from "../live/city.js";
import { followGround } from "../map/ground.js";
import { makeAwake } from "./awake.js";
import { build } from "./build.js";
import { makeMap } from "./map.js";
import { NEXT, endedByOthers, ownOrder, ownState } from "./order.js";
import { makeOutbox } from "./outbox.js";
import { makeRing } from "./ring.js";
import { makeTold } from "./told.js";
import { makeView } from "./view.js";
import { makeWay } from "./way.js";

/** After an act its button rests so long: the next one lies at the same place, and a finger may fall twice. */
const BREATH_MS = 1200;

export function mount(root, context) {
  const { page, api, clock, t, words } = context;
  const callsign = page.unit;
  const live = context.live();
  const ring = makeRing();
  const keepAwake = makeAwake();
  const parts = build(root, context);
  const view = makeView(parts, context);
  const map = makeMap(parts.map, context);
  followGround(context);
  const told = makeTold(root, context);
  const way = makeWay({ api, clock, onChange: draw });
  const remember = memory(`fengsui.order.${callsign}`);
  const outbox = makeOutbox({ store: localStorage, name: `fengsui.acts.${callsign}`, send, onChange: draw, onRefused: refused });
  const state = { notes: null, onMap: false, breathing: false };
  let city = live.city();
  let line = "connecting";

  let closures = [];
  live.onChange((now, what) => {
    city = now;
    if (what.all || what.closures.size) {
      closures = present(city, "closures");
      way.again();
    }
    draw();
  });
  live.onStatus((status) => {
    const isBack = status.line === "open" && line !== "open";
    line = status.line;
    if (isBack) outbox.flush();
    draw();
  });
  live.onEntry((entry) => {
    const own = order();
    if (entry.what === "incident.noted" && own && entry.about.some((one) => one.id === own.incident.id)) state.notes = { incident: own.incident.id, at: entry.at };
    draw();
  });
  addEventListener("online", () => outbox.flush());
  addEventListener("storage", draw); // another window of this phone
  document.addEventListener("visibilitychange", () => document.hidden || outbox.flush());
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => ring.unlock().then(draw), { passive: true });
  clock.every(draw);
  lookBack();
  outbox.flush();

  parts.go.addEventListener("click", () => step());
  parts.left.addEventListener("click", () => view.left()?.());
  parts.right.addEventListener("click", () => view.right()?.());
  parts.seen.addEventListener("click", () => (remember.set({ ...remember.get(), ended: null, assignment: null }), draw()));
  parts.note.addEventListener("click", () => tell());
  parts.declineYes.addEventListener("click", () => (parts.decline.close(), act("declined")));
  parts.declineNo.addEventListener("click", () => parts.decline.close());

  function order() {
    return ownOrder(present(city, "incidents"), callsign, outbox.counted());
  }
  function send(one) {
    if (one.state) return api.post(`units/${encodeURIComponent(callsign)}/state`, { state: one.state });
    return api.post(`assignments/${one.assignment}/status`, { status: one.status, key: one.key, at: one.at });
  }
  function refused(one, refusal) {
    context.toast({ code: refusal.code, sentence: t("crew.refused", { act: t(one.state ? `unit.${one.state}` : `step.${one.status}`), why: refusal.sentence }) });
    live.reload(); // what it collided with is then on the screen
  }

  /** The one next act: of the order, or of a unit without one. */
  function step() {
    if (state.breathing) return;
    const own = order();
    if (own) act(NEXT[own.assignment.status]);
    else setState("available");
  }
  function act(status) {
    const own = order();
    if (!own || !status) return;
    if (status === "cleared" || status === "declined") remember.set({ assignment: null });
    breathe();
    outbox.add({ assignment: own.assignment.id, incident: own.incident.id, status, at: new Date(clock.now()).toISOString() });
    context.announce(t(`crew.did.${status}`));
  }
  function setState(wanted) {
    breathe();
    outbox.add({ state: wanted });
    context.announce(t(`unit.${wanted}`));
  }
  function breathe() {
    state.breathing = true;
    setTimeout(() => ((state.breathing = false), draw()), BREATH_MS);
  }
  function tell() {
    const own = order();
    if (!own) return;
    if (state.notes?.incident === own.incident.id) state.notes = null;
    told.open(own.incident);
    draw();
  }

  /** An order that ended while this page was closed is not on the board any more: ask for it. */
  async function lookBack() {
    const left = remember.get();
    if (!left?.assignment) return;
    const answer = await api.get("/api/v1/incidents?state=all&limit=20").catch(() => null);
    const row = answer?.items?.find((one) => one.id === left.incident);
    if (row) live.learn({ incidents: [row] });
  }

  /** Keep in mind what we are on; say it loudly when others end it. */
  function watch(own) {
    const left = remember.get();
    if (own && own.assignment.id !== left?.assignment) {
      remember.set({ assignment: own.assignment.id, incident: own.incident.id });
      return;
    }
    if (own || !left?.assignment || left.ended) return;
    const pressed = outbox.counted().some((one) => one.assignment === left.assignment && (one.status === "cleared" || one.status === "declined"));
    const ended = pressed ? null : endedByOthers(left, [...city.incidents.values()]);
    if (!ended) return;
    remember.set({ ...left, ended, at: clock.now() });
    ring.stop();
    ring.calledOff();
    context.announce(t(`crew.ended.${ended}`));
  }

  function draw() {
    if (!city.units.size && line !== "open" && !outbox.waiting().length) return view.first(line);
    const now = clock.now();
    const unit = city.units.get(callsign);
    const own = order();
    watch(own);
    const isNew = own?.assignment.status === "ordered";
    if (isNew !== ring.isRinging()) isNew ? ringFor(own) : ring.stop();
    keepAwake(Boolean(own));
    way.follow(own, unit);
    const left = remember.get();
    const stands = {
      now, unit, own, line, way: way.way(), waiting: outbox.waiting().length, stuck: outbox.stuck(), canSound: ring.canSound(), state: ownState(unit, outbox.counted()),
      ended: left?.ended && !own ? { kind: left.ended, at: left.at, incident: city.incidents.get(left.incident) } : null,
      note: own && state.notes?.incident === own.incident.id ? state.notes : null, onMap: state.onMap, breathing: state.breathing,
      last: [...city.incidents.values()].filter((one) => one.assignments?.some((each) => each.unit === callsign && each.ended_at)),
    };
    view.show(stands, { decline: () => parts.decline.showModal(), tell, setState, turn: () => ((state.onMap = !state.onMap), draw()), reload: () => location.reload() });
    map.show({ ...onMap(stands), closures });
    if (line === "open" && city.units.size) document.body.dataset.ready = "1";
  }
  function ringFor(own) {
    ring.start();
    context.announce(t("crew.rings", { type: words.label(page.types, own.incident.type), place: view.place(own.incident) }));
  }
}

const SYMBOL = { ordered: "dispatched", accepted: "accepted", en_route: "enroute", on_scene: "onscene" };

function onMap({ unit, own, way, state }) {
  const me = unit?.lon == null || state === "off_duty" ? null : { lon: unit.lon, lat: unit.lat, symbol: own ? SYMBOL[own.assignment.status] : "available" };
  const to = own?.incident.lon == null ? null : { lon: own.incident.lon, lat: own.incident.lat };
  return { me, to, way: own && own.assignment.status !== "on_scene" ? way : null };
}

/** One small thing that outlives a reload. Ids only, nothing of what anybody said. */
function memory(name) {
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  let known = read();
  return {
    get: () => known,
    set(value) {
      known = value;
      localStorage.setItem(name, JSON.stringify(value));
    },
  };
}
