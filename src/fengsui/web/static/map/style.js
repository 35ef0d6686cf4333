// What does the ground look like? One MapLibre style for dark and light, every colour a token, every tile from this server.
//
// Bottom to top: land, farm, built, green, water, buildings, rail, casings, roads, names. What lives on the ground (units, incidents,
// routes) is put on top by `map/live.js`. There is no glyph server: without `glyphs` the library draws labels from local fonts.

/** A token's value as the page has it now. */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const FONT = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";

/** The deepest zoom that tiles are made for; beyond it they are drawn larger. */
const TILES_TO = 14;
const FIELDS_FROM = 11.5;
const BUILDINGS_FROM = 13.4;
/** Nearer than this, houses have smoothed edges. Farther, the smoothing fills the gaps between them, and is an eighth of the drawing. */
const EDGES_FROM = 14.5;

const by = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
const ofClass = (...names) => ["in", ["get", "class"], ["literal", names]];

// Widths in pixels at zooms; the casing is a little wider. From the smallest road up, so that the larger lies on top.
const ROADS = [
  { id: "lane", classes: ["service", "track", "pedestrian", "path", "living_street"], colour: "map-road-4", from: 13.5, width: [13, 0.4, 14, 1.4, 16, 5] },
  { id: "street", classes: ["residential", "unclassified", "road"], colour: "map-road-4", from: 11.5, width: [11, 0.3, 13, 1, 14, 2, 16, 8] },
  { id: "tertiary", classes: ["tertiary", "tertiary_link"], colour: "map-road-3", from: 10, width: [10, 0.5, 13, 1.8, 14, 3, 16, 11] },
  { id: "secondary", classes: ["secondary", "secondary_link"], colour: "map-road-3", from: 9, width: [9, 0.6, 13, 2.4, 14, 4, 16, 14] },
  { id: "primary", classes: ["primary", "primary_link"], colour: "map-road-2", from: 7, width: [8, 0.8, 12, 2, 13, 3, 14, 4.6, 16, 17] },
  { id: "trunk", classes: ["motorway", "motorway_link", "trunk", "trunk_link"], colour: "map-road-1", from: 5, width: [7, 1, 12, 2.6, 13, 3.6, 14, 5.5, 16, 20] },
];

/** Where a layer must be put in so that names stay on top of it. */
export const UNDER_NAMES = "name-minor";
export const UNDER_ROADS = "lane-case";

/**
 * The style.
 *
 * @param tiles the tiles' address with {z}/{x}/{y}; `english` chooses names, `light` the theme that tokens already have
 */
export function style({ tiles, english = false, light = false }) {
  const t = token;
  const city = { source: "city" };
  const name = english ? ["coalesce", ["get", "name_en"], ["get", "name"]] : ["coalesce", ["get", "name"], ["get", "name_en"]];
  const halo = (width) => ({ "text-halo-color": t("map-halo"), "text-halo-width": width });
  const fill = (id, classes, colour) => ({ id, type: "fill", ...city, "source-layer": "landuse", filter: ofClass(...classes), paint: { "fill-color": t(colour) } });
  const label = (id, layer, filter, layout, paint, minzoom = 0) => ({ id, type: "symbol", ...city, "source-layer": layer, filter, minzoom, layout: { "text-field": name, "text-font": ["local"], ...layout }, paint });
  const casing = (width) => width.map((value, n) => (n % 2 ? value + (light ? 1.2 : 2) : value));
  const road = ({ id, classes, from }, suffix, cap, colour, width) => ({
    id: id + suffix, type: "line", ...city, "source-layer": "road", filter: ofClass(...classes), minzoom: from,
    layout: { "line-cap": cap, "line-join": "round" }, paint: { "line-color": t(colour), "line-width": by(...width) },
  });
  return {
    version: 8,
    sources: { city: { type: "vector", tiles: [new URL(tiles, location.href).href.replace(/%7B/gi, "{").replace(/%7D/gi, "}")], minzoom: 5, maxzoom: TILES_TO } },
    layers: [
      { id: "land", type: "background", paint: { "background-color": t("map-land") } },
      fill("farm", ["farm"], "map-farm"),
      { id: "field", type: "line", ...city, "source-layer": "landuse", filter: ofClass("farm"), minzoom: FIELDS_FROM, paint: { "line-color": t("map-land"), "line-width": by(12, 0.6, 14, 1.6, 16, 5) } },
      fill("built", ["built", "industrial"], "map-built"),
      fill("green", ["green"], "map-green"),
      { id: "water", type: "fill", ...city, "source-layer": "water", paint: { "fill-color": t("map-water") } },
      { id: "waterway", type: "line", ...city, "source-layer": "waterway", paint: { "line-color": t("map-water"), "line-width": by(9, 0.5, 14, 3, 16, 6) } },
      { id: "building", type: "fill", ...city, "source-layer": "building", minzoom: BUILDINGS_FROM, paint: { "fill-color": t("map-building"), "fill-opacity": ["interpolate", ["linear"], ["zoom"], BUILDINGS_FROM, 0.4, 14.5, 1], "fill-antialias": ["step", ["zoom"], false, EDGES_FROM, true] } },
      { id: "rail", type: "line", ...city, "source-layer": "rail", minzoom: 9, paint: { "line-color": t("map-road-2"), "line-width": 1, "line-dasharray": [6, 3] } },
      ...ROADS.map((kind) => road(kind, "-case", "butt", "map-road-case", casing(kind.width))),
      ...ROADS.map((kind) => road(kind, "", "round", kind.colour, kind.width)),
      label("name-minor", "road", ofClass("residential", "living_street", "unclassified", "tertiary", "pedestrian"), { "symbol-placement": "line", "text-size": 11.5, "symbol-spacing": 320, "text-letter-spacing": english ? 0.02 : 0.06 }, { "text-color": t("map-label-2"), ...halo(1.5) }, 14.2),
      label("name-major", "road", ofClass("trunk", "motorway", "primary", "secondary"), { "symbol-placement": "line", "text-size": 12, "symbol-spacing": 420, "text-letter-spacing": english ? 0.05 : 0.14, "text-max-angle": 30 }, { "text-color": t("map-label-2"), ...halo(1.6) }, 11.5),
      label("name-river", "waterway", ["has", "name"], { "symbol-placement": "line", "text-size": 13, "text-letter-spacing": 0.4, "symbol-spacing": 600 }, { "text-color": t("map-label-water"), "text-halo-color": t("map-water"), "text-halo-width": 1 }, 10),
      label("name-water", "water_name", ["has", "name"], { "text-size": 12, "text-letter-spacing": 0.2 }, { "text-color": t("map-label-water"), "text-halo-color": t("map-water"), "text-halo-width": 1 }, 12),
      label("name-landmark", "landmark", ofClass("hospital"), { "text-size": 11.5, "text-anchor": "left", "text-offset": [0.9, 0] }, { "text-color": t("map-label-2"), ...halo(1.6) }, 14.6),
      label("name-place", "place", ofClass("city", "town", "village", "suburb", "district"), { "text-size": ["match", ["get", "class"], "city", 16, "town", 14, "suburb", 13, "district", 13, 12], "text-letter-spacing": english ? 0.04 : 0.18, "text-padding": 6, "symbol-sort-key": ["match", ["get", "class"], "city", 0, "town", 1, "suburb", 2, 3] }, { "text-color": t("map-label"), "text-opacity": ["match", ["get", "class"], "suburb", 0.8, "district", 0.8, 1], ...halo(1.8) }),
    ],
  };
}

/** Premises as small symbols: no part of the style, because their images come after it. */
export const landmarks = () => ({
  id: "landmark", type: "symbol", source: "city", "source-layer": "landmark", filter: ofClass("school", "hospital", "fuel"), minzoom: 12.8,
  layout: { "icon-image": ["concat", "p-", ["get", "class"]], "icon-size": 0.72, "icon-padding": 4 }, paint: { "icon-opacity": 0.75 },
});
