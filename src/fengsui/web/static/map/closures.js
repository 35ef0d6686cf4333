// How does a closed street look on a map? A white barred line; an arrow where only one way is closed; straw where the roads of
// now do not have all of it, so that it may hold nobody up.

import { collection, feature } from "./map.js";
import { token } from "./style.js";

/** Features of closures: `attached`, `oneWay`, `chosen` are 0 or 1. */
export const closureFeatures = (rows, chosen = null) =>
  collection(rows.filter((row) => row.geometry).map((row) => feature(row.geometry, { id: row.id, attached: row.attached === false ? 0 : 1, oneWay: row.one_way ? 1 : 0, chosen: row.id === chosen ? 1 : 0 })));

/**
 * Put the layers of the source `closures` on a map: over the names, because a name may be as long as the street that is closed.
 *
 * @param scale 1 on a desk, more on a phone
 */
export function addClosures(on, scale = 1) {
  on.addSource("closures", { type: "geojson", data: collection([]) });
  const layer = (id, filter, paint) => on.addLayer({ id, type: "line", source: "closures", filter, layout: { "line-join": "round" }, paint });
  const holds = ["==", ["get", "attached"], 1];
  layer("closure-chosen", ["==", ["get", "chosen"], 1], { "line-color": token("ink-1"), "line-width": 11 * scale });
  layer("closure-case", ["all"], { "line-color": token("map-halo"), "line-width": 8 * scale });
  layer("closure-line", holds, { "line-color": token("closure"), "line-width": 1.5 * scale });
  layer("closures", holds, { "line-color": token("closure"), "line-width": 5 * scale, "line-dasharray": [0.5, 0.5] });
  layer("closures-lost", ["==", ["get", "attached"], 0], { "line-color": token("straw"), "line-width": 3 * scale, "line-dasharray": [2, 1.4] });
  on.addLayer({
    id: "closure-way", type: "symbol", source: "closures", filter: ["==", ["get", "oneWay"], 1],
    layout: { "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "closed-way", "icon-size": scale, "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-ignore-placement": true },
  });
}
