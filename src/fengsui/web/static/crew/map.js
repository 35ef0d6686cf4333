// Where are we, where to, and which way? The phone's map: own unit, own incident, the way between, what is driven in grey.

import { el } from "../look/dom.js";
import { addClosures, closureFeatures } from "../map/closures.js";
import { collection, feature, openMap, point } from "../map/map.js";
import { UNDER_NAMES, token } from "../map/style.js";
import { metres } from "./order.js";

const NEAR_ZOOM = 16;
const STEP_M = 12;
const CLOSURE_SCALE = 1.6;
const ROOM_PX = 56; // and no more than a fifth of the map's height

/** `show({me, to, way, closures})` draws it; `me` {lon, lat, symbol}, `to` {lon, lat}, `way` {line, first}, rows of closures. Loaded when first shown. */
export function makeMap(root, context) {
  const { t } = context;
  let map = null;
  let opening = null;
  let shown = { me: null, to: null, way: null, closures: [] };
  let drawnClosures = null;
  let view = "whole"; // whole, near; "own" once somebody moved the map by hand
  let framed = null;
  const turn = el("button", { class: "turn", type: "button", on: { click: () => look(view === "whole" ? "near" : "whole") } });
  root.append(turn);

  function look(next) {
    view = next;
    framed = null;
    draw();
  }
  async function open() {
    const { map: made, ready } = await openMap(root.querySelector(".gl"), context, { view: centred(), dress });
    map = made;
    map.on("dragstart", () => (view = "own"));
    map.on("resize", () => {
      framed = null;
      frame();
    });
    draw();
    await ready();
    root.dataset.drawn = "1";
  }
  const centred = () => (shown.me ? { center: [shown.me.lon, shown.me.lat], zoom: 15 } : {});

  function draw() {
    turn.hidden = !shown.to;
    turn.textContent = t(view === "whole" ? "crew.map_near" : "crew.map_whole");
    if (!map?.getSource("crew")) return;
    map.getSource("way").setData(collection([...(shown.way ? [feature(lineOf(shown.way.first), { past: 1 }), feature(lineOf(shown.way.line), { past: 0 })] : [])]));
    map.getSource("crew").setData(collection([...(shown.to ? [point(shown.to.lon, shown.to.lat, { symbol: "inc-hand", size: 2, turn: 0 })] : []), ...(shown.me ? [point(shown.me.lon, shown.me.lat, { symbol: shown.me.symbol, size: 1.7, turn: heading(shown) })] : [])]));
    if (shown.closures !== drawnClosures) map.getSource("closures").setData(closureFeatures((drawnClosures = shown.closures)));
    frame();
  }

  /** Keep what matters in the picture, unless somebody looks elsewhere. */
  function frame() {
    if (view === "own" || !shown.me) return;
    const to = shown.to ? [shown.to.lon, shown.to.lat] : null;
    const stands = `${view} ${to} ${shown.me.lon} ${shown.me.lat}`;
    if (stands === framed) return;
    framed = stands;
    if (view === "near" || !to) return map.jumpTo({ center: [shown.me.lon, shown.me.lat], zoom: to ? NEAR_ZOOM : Math.max(map.getZoom(), 14) });
    const points = [[shown.me.lon, shown.me.lat], to, ...(shown.way?.line ?? [])];
    const [lons, lats] = [points.map((one) => one[0]), points.map((one) => one[1])];
    map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: Math.min(ROOM_PX, map.getContainer().clientHeight / 5), maxZoom: NEAR_ZOOM, animate: false });
  }

  function dress(on) {
    const line = (id, past, colour, width) => on.addLayer({ id, type: "line", source: "way", filter: ["==", ["get", "past"], past], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": token(colour), "line-width": width } }, UNDER_NAMES);
    addClosures(on, CLOSURE_SCALE);
    drawnClosures = null;
    for (const id of ["way", "crew"]) on.addSource(id, { type: "geojson", data: collection([]) });
    line("way-case", 0, "map-halo", 13);
    line("way-past", 1, "control", 5);
    line("way-left", 0, "sky", 8);
    on.addLayer({ id: "crew", type: "symbol", source: "crew", layout: { "icon-image": ["get", "symbol"], "icon-size": ["get", "size"], "icon-rotate": ["get", "turn"], "icon-rotation-alignment": "map", "icon-allow-overlap": true } });
    queueMicrotask(draw);
  }

  return {
    show(next) {
      if (Boolean(next.to) !== Boolean(shown.to)) [view, framed] = ["whole", null];
      shown = next;
      if (!root.hidden && !opening) opening = open();
      draw();
    },
  };
}

const lineOf = (coordinates) => ({ type: "LineString", coordinates });

/** Where the wedge points: along the way that is left, past the first steps that only lead onto the road. */
function heading({ me, way }) {
  const [a] = way?.line ?? [];
  const b = way?.line.find((one) => metres(a, one) > STEP_M);
  if (me.symbol !== "enroute" || !b) return 0; // the symbol itself points east
  return (Math.atan2(-(b[1] - a[1]), (b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180)) * 180) / Math.PI;
}
