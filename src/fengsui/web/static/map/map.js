// Where is everything? A map of this server's tiles in the page's theme and language, ready to be drawn upon.
//
// `openMap` gives {map, maplibre, ready, restyle}. North is up, nothing tilts, nothing eases. What a page puts on top it puts
// there in `dress(map)`, which is called again whenever the theme or the ground changes, because a new style starts empty.

import { addSymbols } from "./symbols.js";
import { FONT, landmarks, style } from "./style.js";

const TRACTABLE_PIXELS = 2;

/** MapLibre is an ES module beside us; a page without a map does not load it. */
const library = () => import("../vendor/maplibre/maplibre-gl.mjs");

/**
 * Open a map in `container`.
 *
 * @param context the page's; `view` {bounds | center, zoom}; `dress(map)` puts the page's own layers on; `interactive` false for a picture
 */
export async function openMap(container, context, { view = {}, dress = () => undefined, interactive = true } = {}) {
  const maplibre = await library();
  const { page, words, bus } = context;
  const look = () => style({ tiles: page.tiles, english: words.english, light: document.documentElement.dataset.theme === "light" });
  const map = new maplibre.Map({
    container, style: look(), ...framed(page, view), interactive,
    locale: { "Map.Title": context.t("map.label") }, attributionControl: false, fadeDuration: 0, localIdeographFontFamily: FONT, pixelRatio: Math.min(devicePixelRatio, TRACTABLE_PIXELS),
    dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, renderWorldCopies: false, minZoom: 5, maxZoom: 18,
    // Tiles and fonts are this server's own; an unknown image is one that the theme is about to bring.
    cancelPendingTileRequestsWhileZooming: true,
  });
  map.touchZoomRotate?.disableRotation();
  map.keyboard?.disableRotation();
  const dressed = async () => {
    await addSymbols(map);
    map.addLayer(landmarks());
    dress(map);
  };
  await new Promise((done) => map.once("load", done));
  await dressed();
  const restyle = () => {
    map.setStyle(look(), { diff: false });
    map.off("style.load", dressed); // a second change before the first has loaded: the layers go on once
    map.once("style.load", dressed);
  };
  bus.on("theme", restyle);
  bus.on("ground", restyle);
  return { map, maplibre, restyle, ready: () => drawn(map) };
}

/** Resolves when the ground has been drawn. A live map is never idle: what is on the ground keeps moving. */
export const drawn = (map) =>
  new Promise((done) => {
    const look = () => {
      if (!map.isSourceLoaded("city")) return;
      map.off("render", look);
      done();
    };
    map.on("render", look);
    map.triggerRepaint();
  });

/** Where to look first: what the page asks for, else the centre of its city. */
function framed(page, view) {
  if (view.bounds || view.center) return view;
  if (page.centre_at) return { center: page.centre_at, zoom: view.zoom ?? 13 };
  return page.bounds ? { bounds: page.bounds } : { center: [0, 0], zoom: 2 };
}

export const collection = (features) => ({ type: "FeatureCollection", features });
export const point = (lon, lat, properties = {}, id) => ({ type: "Feature", id, properties, geometry: { type: "Point", coordinates: [lon, lat] } });
export const feature = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });

/** Do something at most so many times a second, and once more after the last call. */
export function paced(run, perSecond = 4) {
  let timer = null;
  let ranAt = -Infinity;
  return () => {
    if (timer != null) return;
    const wait = Math.max(0, ranAt + 1000 / perSecond - performance.now());
    timer = setTimeout(() => {
      timer = null;
      ranAt = performance.now();
      run();
    }, wait);
  };
}
