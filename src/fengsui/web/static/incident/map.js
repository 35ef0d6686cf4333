// Where was it? The pin on the ground, and the stations around it.

import { collection, openMap, point } from "../map/map.js";
import { token } from "../map/style.js";

const ZOOM = 14.2;

export async function mount(root, context) {
  const { page, words } = context;
  const { lon, lat, number } = page.incident;
  const short = number.split("-").at(-1).replace(/^0+(?=\d)/, "");
  const stations = (page.stations ?? []).map((one) => point(one.lon, one.lat, { name: words.named(one.name) }));
  const dress = (map) => {
    const text = { "text-field": ["get", "name"], "text-font": ["local"], "text-size": 12, "text-anchor": "left", "text-offset": [0.9, 0] };
    const ink = { "text-color": token("ink-1"), "text-halo-color": token("map-halo"), "text-halo-width": 2 };
    map.addSource("stations", { type: "geojson", data: collection(stations) });
    map.addSource("pin", { type: "geojson", data: collection([point(lon, lat, { name: short })]) });
    map.addLayer({ id: "stations", type: "symbol", source: "stations", minzoom: 13, layout: { "icon-image": "station", "icon-size": 0.9, ...text, "text-optional": true }, paint: { ...ink, "text-color": token("ink-2") } });
    map.addLayer({ id: "pin", type: "symbol", source: "pin", layout: { "icon-image": "inc-hand", "icon-size": 1.3, "icon-allow-overlap": true, ...text, "text-size": 13, "text-allow-overlap": true }, paint: ink });
  };
  const { ready } = await openMap(root.querySelector(".gl"), context, { view: { center: [lon, lat], zoom: ZOOM }, dress });
  await ready();
  document.body.dataset.ready = "1";
}
