// Which city is this? Its roads at night, and its stations handing the fire on from tower to tower. A picture, not a control.

import { ICONS } from "../look/icons.js";
import { collection, feature, openMap, point } from "../map/map.js";
import { token } from "../map/style.js";

const TOWERS = 36;
const ZOOM = 12.6;
/** Below this width the picture is not shown, so it is not loaded either. */
const WIDE_PX = 901;

export async function mount(root, context) {
  const { page } = context;
  if (!page.tiles || innerWidth < WIDE_PX) return ready();
  const chain = towers(page.stations ?? [], page.centre_at);
  const { ready: drawn } = await openMap(root.querySelector(".gl"), context, { view: { center: page.centre_at, zoom: ZOOM }, interactive: false, dress: (map) => dress(map, chain) });
  await drawn();
  ready();
}

const ready = () => (document.body.dataset.ready = "1");

function dress(map, { places, links }) {
  for (const { id, type } of map.getStyle().layers) if (type === "symbol") map.setLayoutProperty(id, "visibility", "none");
  map.addSource("links", { type: "geojson", data: collection(links.map((pair) => feature({ type: "LineString", coordinates: pair }))) });
  map.addSource("towers", { type: "geojson", data: collection(places.map(([lon, lat]) => point(lon, lat))) });
  map.addLayer({ id: "links", type: "line", source: "links", paint: { "line-color": token("ink-2"), "line-width": 1, "line-opacity": 0.7 } });
  const image = new Image(44, 44);
  image.src = `data:image/svg+xml;utf8,${encodeURIComponent(tower())}`;
  image.decode().then(() => {
    if (!map.hasImage("tower")) map.addImage("tower", image, { pixelRatio: 2 });
    map.addLayer({ id: "towers", type: "symbol", source: "towers", layout: { "icon-image": "tower", "icon-allow-overlap": true } });
  });
}

const tower = () => {
  const draw = (colour, width) => `<g transform="translate(3 3)" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="square">${ICONS.tower}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="44" height="44" viewBox="0 0 22 22">${draw(token("map-halo"), 6)}${draw(token("ink-1"), 1.5)}</svg>`;
};

/** The stations nearest to the centre, and the shortest set of lines that joins them all (Prim). */
export function towers(stations, centre) {
  const squeeze = Math.cos(((centre?.[1] ?? 0) * Math.PI) / 180);
  const apart = (a, b) => ((a[0] - b[0]) * squeeze) ** 2 + (a[1] - b[1]) ** 2;
  const places = stations.map((one) => [one.lon, one.lat]).sort((a, b) => apart(a, centre) - apart(b, centre)).slice(0, TOWERS);
  const joined = places.slice(0, 1);
  const rest = places.slice(1);
  const links = [];
  while (rest.length) {
    let best = [Infinity, 0, 0];
    rest.forEach((one, n) => joined.forEach((other, m) => {
      const far = apart(one, other);
      if (far < best[0]) best = [far, n, m];
    }));
    links.push([joined[best[2]], rest[best[1]]]);
    joined.push(...rest.splice(best[1], 1));
  }
  return { places, links };
}
