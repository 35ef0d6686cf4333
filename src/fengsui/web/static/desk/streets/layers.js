// Where are the closed streets, and the one that is about to be closed? What of it lies on the desk's map.

import { present } from "../../live/city.js";
import { addClosures, closureFeatures } from "../../map/closures.js";
import { collection, feature, point } from "../../map/map.js";
import { token } from "../../map/style.js";
import { deskOf } from "../desk.js";
import { closingOf } from "./closing.js";

/** `sources` by name, each a function that tells its features; `dress(map)` puts the lines on, `dressEnds(map)` what lies over everything. */
export function makeLayers(context) {
  const { t } = context;
  const desk = deskOf(context);
  const closing = closingOf(context);
  /** Proposed is dashed: the path that would be closed, and its two ends. */
  function draft() {
    if (desk.state.streets !== "closing") return collection([]);
    const { start, end, isSet, path } = closing.draft();
    const ends = [start && point(start.lon, start.lat, { name: t("closing.mark_start") }), isSet && end && point(end.lon, end.lat, { name: t("closing.mark_end") })];
    return collection([...(path ? [feature(path.geometry)] : []), ...ends.filter(Boolean)]);
  }
  function dress(on) {
    addClosures(on);
    on.addSource("closing", { type: "geojson", data: collection([]) });
    const isLine = ["!=", ["geometry-type"], "Point"];
    on.addLayer({ id: "closing-case", type: "line", source: "closing", filter: isLine, layout: { "line-join": "round" }, paint: { "line-color": token("map-halo"), "line-width": 9 } });
    on.addLayer({ id: "closing", type: "line", source: "closing", filter: isLine, layout: { "line-join": "round" }, paint: { "line-color": token("closure"), "line-width": 4, "line-dasharray": [2, 1.2] } });
  }
  /** The two ends lie over everything else. */
  function dressEnds(on) {
    on.addLayer({
      id: "closing-ends", type: "symbol", source: "closing", filter: ["==", ["geometry-type"], "Point"],
      layout: { "icon-image": "pin", "icon-allow-overlap": true, "text-field": ["get", "name"], "text-font": ["local"], "text-size": 13, "text-anchor": "left", "text-offset": [1.1, 0], "text-allow-overlap": true },
      paint: { "text-color": token("ink-1"), "text-halo-color": token("map-halo"), "text-halo-width": 2.2 },
    });
  }
  return { sources: { closures: () => closureFeatures(present(desk.live.city(), "closures"), desk.state.closure), closing: draft }, dress, dressEnds };
}
