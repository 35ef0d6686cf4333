// Where are the incidents, the units and the way between them? What lives on the desk's map.
//
// Incidents are diamonds, units never. Calm free units that overlap cluster to a ring with a count; units at work and
// incidents never cluster and never hide. Sources are told at most four times a second, whatever the stream brings.

import { el, say } from "../look/dom.js";
import { state as stateSymbol } from "../look/icons.js";
import { present } from "../live/city.js";
import { UNDER_NAMES, token } from "../map/style.js";
import { collection, feature, openMap, paced, point } from "../map/map.js";
import { deskOf } from "./desk.js";
import { callName, sectionOf, shortNumber, unitFace } from "./facts.js";
import { proposalOf } from "./proposal.js";
import { closingOf } from "./streets/closing.js";
import { makeLayers } from "./streets/layers.js";

const INK_OF = { available: "teal-ink", clear: "teal-ink", dispatched: "straw-ink", stale: "straw-ink", accepted: "sky-ink", enroute: "sky-ink", onscene: "orchid-ink", off: "ink-3", struck: "ink-3" };
const KIND_OF = { need: "need", slip: "slip", hand: "hand", toclose: "toclose" };
const CLICK_PX = 8;
const TOUCHED = ["incidents", "incident-names", "units", "calm", "clusters"];
const CLOSED = ["closures", "closures-lost"];
const LEGEND = [["fresh", "legend.need"], ["enroute", "unit_state.enroute"], ["onscene", "unit_state.onscene"], ["available", "unit_state.available"], ["stale", "unit_state.stale"]];

export async function mount(root, context) {
  const { t, clock, words, page, bus } = context;
  const desk = deskOf(context);
  const proposal = proposalOf(context);
  const closing = closingOf(context);
  const streets = makeLayers(context);
  root.setAttribute("aria-label", t("map.label"));
  root.append(el("div", { class: "ov key", "aria-hidden": "true" }, ...LEGEND.map(([symbol, key]) => el("span", {}, stateSymbol(symbol, "s"), t(key)))), makeAim(context, desk));

  let tellAll = null; // not before the map is open: it is dressed once while it opens
  const opened = openMap(root.querySelector(".gl"), context, { dress });
  bus.on("old", (isOld) => root.classList.toggle("old", isOld));
  const { map, ready } = await opened;
  // All sources are told in one go, so that the map is drawn once for it; twice a second is enough for what drives.
  const sources = { units: busyUnits, calm: calmUnits, incidents, way, pin: pins, ...streets.sources };
  const stale = new Set();
  const draw = (name) => map.getSource(name)?.setData(sources[name]());
  const flush = paced(() => {
    stale.forEach(draw);
    stale.clear();
  }, 2);
  const tell = (...names) => {
    for (const name of names) stale.add(name);
    flush();
  };
  tellAll = () => tell(...Object.keys(sources));

  let seen = null; // where the map was last sent, so that it moves once for each choice
  desk.live.onChange((_city, what) => {
    if (what.all || what.units.size || what.moved.size) tell("units", "calm");
    if (what.all || what.incidents.size) tell("incidents");
    if (what.all || what.closures.size) draw("closures"); // seldom, and nobody should wait for it
    lookWhereTheHandIs();
  });
  bus.on("desk", () => tell("incidents", "pin", "units", "calm", "closures", "closing"));
  bus.on("closing", () => draw("closing")); // under the pointer: at once
  bus.on("proposal", () => tell("units", "calm"));
  bus.on("routes", () => tell("way"));
  bus.on("look-at", (callsign) => lookAt(desk.unit(callsign)));
  bus.on("look-at-place", lookAt);
  bus.on("desk", lookWhereTheHandIs);
  let tock = 0;
  clock.every(() => {
    if ((tock += 1) % 5 === 0) tell("incidents", "units", "calm"); // what the clock alone turns: slipping, stale
  });
  watchPointer();
  tellAll();
  lookWhereTheHandIs();
  await ready();
  whenLive(() => (document.body.dataset.ready = "1"));

  /** Tests and pictures wait for this: live, and drawn. */
  function whenLive(run) {
    const stop = desk.live.onStatus(({ line }) => {
      if (line !== "open") return;
      queueMicrotask(() => stop?.());
      tellAll();
      ready().then(run);
    });
  }

  /** At the pin of a form, else at the chosen incident; the row of a call just taken comes by the stream, a moment after it was chosen. */
  function lookWhereTheHandIs() {
    const { pin, chosen } = desk.state;
    const row = pin ?? desk.incident();
    const hand = pin ? `${pin.lon},${pin.lat}` : chosen;
    if (!row || hand === seen) return;
    seen = hand;
    lookAt(row);
  }

  /** Move the map only when what is chosen cannot be seen; north stays up, nothing flies. */
  function lookAt(row) {
    if (row?.lon == null || row.lat == null) return;
    const at = map.project([row.lon, row.lat]);
    const { clientWidth: w, clientHeight: h } = map.getContainer();
    if (at.x < 60 || at.y < 60 || at.x > w - 60 || at.y > h - 60) map.jumpTo({ center: [row.lon, row.lat] });
  }

  function unitPoint(unit, face) {
    return point(unit.lon, unit.lat, { callsign: unit.callsign, name: callName(desk.live.city().units, unit.callsign, words), symbol: face.symbol, seen: desk.state.unit === unit.callsign ? 1 : 0 });
  }
  function unitsBy(isCalm) {
    const now = clock.now();
    const points = [];
    for (const unit of desk.live.city().units.values()) {
      if (unit.lon == null) continue;
      const face = unitFace(unit, now, desk.targets);
      if (face.symbol === "off") continue;
      const calm = face.symbol === "available" && desk.state.unit !== unit.callsign && proposal.first()?.unit !== unit.callsign;
      if (calm === isCalm) points.push(unitPoint(unit, face));
    }
    return collection(points);
  }
  function busyUnits() {
    return unitsBy(false);
  }
  function calmUnits() {
    return unitsBy(true);
  }
  function incidents() {
    const now = clock.now();
    const points = [];
    for (const incident of present(desk.live.city(), "incidents")) {
      if (incident.lon == null) continue;
      const section = sectionOf(incident, now, desk.targets);
      const chosen = incident.id === desk.state.chosen;
      const more = section === "need" || section === "slip" || chosen ? ` ${words.label(page.types, incident.type)}` : "";
      points.push(point(incident.lon, incident.lat, { id: incident.id, kind: KIND_OF[section] ?? "hand", name: `${shortNumber(incident.number)}${more}`, chosen: chosen ? 1 : 0, rank: { need: 3, slip: 2, toclose: 1, hand: 0 }[section] ?? 0 }));
    }
    return collection(points);
  }
  /** The ways of the first two proposals, dashed, each with its rank and time; of those already on their way, solid. */
  function way() {
    const routes = proposal.routes();
    const lines = routes.map((one) => feature(one.geometry, { rank: one.rank, sent: one.isSent ? 1 : 0 }));
    const labels = routes.flatMap((one) => {
      const path = one.geometry.coordinates;
      const middle = path[Math.floor(path.length * (one.rank === 1 ? 0.4 : 0.15))];
      return middle ? [point(middle[0], middle[1], { order: one.rank, label: one.isSent ? `${callName(desk.live.city().units, one.unit, words)}   ${words.duration(one.seconds * 1000)}` : `${one.rank}   ${words.duration(one.seconds * 1000)}` })] : [];
    });
    return collection([...lines, ...labels]);
  }
  function pins() {
    const { pin } = desk.state;
    return collection(pin ? [point(pin.lon, pin.lat, { name: pin.name ?? "" })] : []);
  }

  /** The page's own layers, put on again after each change of theme. */
  function dress(on) {
    const halo = (width) => ({ "text-halo-color": token("map-halo"), "text-halo-width": width });
    const source = (id, more = {}) => on.addSource(id, { type: "geojson", data: collection([]), ...more });
    const stations = (page.stations ?? []).map((one) => point(one.lon, one.lat, { name: words.named(one.name) }));
    on.addSource("stations", { type: "geojson", data: collection(stations) });
    streets.dress(on);
    source("way");
    source("calm", { cluster: true, clusterRadius: 22, clusterMaxZoom: 15 });
    source("units");
    source("incidents");
    source("pin");
    const isRank = (n) => ["all", ["==", ["geometry-type"], "LineString"], ["==", ["get", "rank"], n], ["==", ["get", "sent"], 0]];
    const dashed = (id, rank, width, dash) => on.addLayer({ id, type: "line", source: "way", filter: isRank(rank), layout: { "line-join": "round" }, paint: { "line-color": token("sky"), "line-width": width, "line-dasharray": dash } }, UNDER_NAMES);
    on.addLayer({ id: "way-case", type: "line", source: "way", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": token("map-halo"), "line-width": ["match", ["get", "rank"], 1, 8, 5] } }, UNDER_NAMES);
    dashed("way-2", 2, 1.75, [2, 2]);
    dashed("way-1", 1, 4, [2.2, 0.8]);
    on.addLayer({ id: "way-sent", type: "line", source: "way", filter: ["all", ["==", ["geometry-type"], "LineString"], ["==", ["get", "sent"], 1]], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": token("sky"), "line-width": ["match", ["get", "rank"], 1, 4, 2.5] } }, UNDER_NAMES);
    on.addLayer({ id: "stations", type: "symbol", source: "stations", minzoom: 10.5, layout: { "icon-image": "station", "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.6, 13.5, 0.9], "icon-allow-overlap": true } });
    const inkOf = ["match", ["get", "symbol"], ...Object.entries(INK_OF).flatMap(([symbol, name]) => [symbol, token(name)]), token("ink-1")];
    const callSign = { "text-field": ["get", "name"], "text-font": ["local"], "text-size": 12, "text-anchor": "left", "text-offset": [0.8, 0], "text-optional": true };
    on.addLayer({ id: "clusters", type: "symbol", source: "calm", filter: ["has", "point_count"], layout: { "icon-image": "cluster", "icon-allow-overlap": true, "text-field": ["get", "point_count_abbreviated"], "text-font": ["local"], "text-size": 11, "text-allow-overlap": true }, paint: { "text-color": token("teal-ink"), ...halo(1) } });
    on.addLayer({ id: "calm", type: "symbol", source: "calm", filter: ["!", ["has", "point_count"]], layout: { "icon-image": ["get", "symbol"], "icon-allow-overlap": true, ...callSign }, paint: { "text-color": token("teal-ink"), ...halo(1.8) } });
    on.addLayer({ id: "units", type: "symbol", source: "units", layout: { "icon-image": ["get", "symbol"], "icon-allow-overlap": true, ...callSign, "symbol-sort-key": ["match", ["get", "symbol"], "dispatched", 0, "enroute", 1, 2] }, paint: { "text-color": inkOf, ...halo(1.8) } });
    on.addLayer({ id: "unit-seen", type: "symbol", source: "units", filter: ["==", ["get", "seen"], 1], layout: { "icon-image": "chosen", "icon-allow-overlap": true } });
    on.addLayer({ id: "way-label", type: "symbol", source: "way", filter: ["has", "label"], layout: { "text-field": ["get", "label"], "text-font": ["local"], "text-size": 13, "text-variable-anchor": ["bottom", "top", "left", "right"], "text-radial-offset": 0.5, "symbol-sort-key": ["get", "order"] }, paint: { "text-color": token("sky-ink"), ...halo(2.4) } });
    const isChosen = ["==", ["get", "chosen"], 1];
    on.addLayer({ id: "incidents", type: "symbol", source: "incidents", layout: { "icon-image": ["concat", "inc-", ["get", "kind"]], "icon-allow-overlap": true, "icon-size": ["case", ["all", isChosen, ["!=", ["get", "kind"], "need"]], 1.35, 1], "symbol-sort-key": ["get", "rank"] } });
    // The symbols never hide. Names of one place stand round it, the chosen one's first; what finds no room is left out.
    on.addLayer({
      id: "incident-names", type: "symbol", source: "incidents",
      layout: { "text-field": ["get", "name"], "text-font": ["local"], "text-size": ["case", ["any", ["==", ["get", "kind"], "need"], isChosen], 14, 12], "text-variable-anchor": ["right", "left", "bottom", "top"], "text-radial-offset": 1.1, "symbol-sort-key": ["case", isChosen, -4, ["-", 0, ["get", "rank"]]] },
      paint: { "text-color": ["match", ["get", "kind"], "need", token("ember-ink"), "slip", token("straw-ink"), ["case", isChosen, token("ink-1"), token("ink-2")]], ...halo(2.2) },
    });
    on.addLayer({ id: "pin", type: "symbol", source: "pin", layout: { "icon-image": "pin", "icon-allow-overlap": true, "text-field": ["get", "name"], "text-font": ["local"], "text-size": 13, "text-max-width": 20, "text-anchor": "left", "text-offset": [1.1, 0], "text-allow-overlap": true }, paint: { "text-color": token("ink-1"), ...halo(2.2) } });
    streets.dressEnds(on);
    tellAll?.();
  }

  function watchPointer() {
    const under = (event, layers) => map.queryRenderedFeatures([[event.point.x - CLICK_PX, event.point.y - CLICK_PX], [event.point.x + CLICK_PX, event.point.y + CLICK_PX]], { layers });
    map.on("click", (event) => {
      if (isAiming(desk)) return bus.emit("map-click", { lon: round(event.lngLat.lng), lat: round(event.lngLat.lat) });
      const hits = under(event, TOUCHED);
      const closed = hits.length ? null : under(event, CLOSED)[0];
      if (closed) return desk.set({ streets: "list", closure: closed.properties.id, panel: null, fault: null });
      const hit = hits.find((one) => one.layer.id === "incidents") ?? hits[0]; // a name may reach over another's symbol
      if (!hit) return;
      const { id, callsign, cluster_id: cluster } = hit.properties;
      if (cluster != null) map.jumpTo({ center: hit.geometry.coordinates, zoom: map.getZoom() + 1.5 });
      else if (callsign) desk.set({ unit: callsign });
      else desk.choose(id);
    });
    map.on("mousemove", (event) => {
      if (desk.state.streets === "closing") closing.point({ lon: round(event.lngLat.lng), lat: round(event.lngLat.lat), name: "" });
      const some = !isAiming(desk) && under(event, [...TOUCHED, ...CLOSED]).length;
      map.getCanvas().style.cursor = some ? "pointer" : "";
    });
    map.on("mouseout", () => closing.pointAway());
    bus.on("desk", () => root.classList.toggle("aiming", isAiming(desk)));
  }
}

const round = (degrees) => Math.round(degrees * 1e6) / 1e6;
const isAiming = (desk) => desk.state.calling || desk.state.panel === "relocate" || desk.state.streets === "closing";

/** Over the map while it waits for a click: what the click will do. */
function makeAim(context, desk) {
  const { t, bus } = context;
  const closing = closingOf(context);
  const hint = el("div", { class: "ov aim", hidden: true });
  const show = () => {
    const { start, isSet } = closing.draft();
    hint.hidden = !isAiming(desk);
    say(hint, t(desk.state.streets !== "closing" ? "map.aim" : isSet ? "closing.aim_move" : start ? "closing.aim_end" : "closing.aim_start"));
  };
  bus.on("desk", show);
  bus.on("closing", show);
  return hint;
}
