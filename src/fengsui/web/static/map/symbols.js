// How does a symbol of the sheet become an image on the map? Drawn at twice its size, with a halo of land round it so that it
// reads on any ground, in the colours that the theme has now.

import { ICONS, STATES } from "../look/icons.js";
import { token } from "./style.js";

const FRAME = 30;

/** Give the map all its images. Called again after each change of theme, when the map has forgotten them. */
export async function addSymbols(map) {
  const halo = token("map-halo");
  const unit = (name, colour, more = {}) => add(map, name, STATES[name], { colour: token(colour), size: 13, ...more });
  const incident = (name, body, colour, size, more = {}) => add(map, `inc-${name}`, STATES[body], { colour: token(colour), size, halo: 6, ...more });
  const premises = (name, body) => add(map, `p-${name}`, ICONS[body], { colour: token("ink-2"), size: 15, halo: 4 });
  await Promise.all([
    unit("available", "teal"), unit("dispatched", "straw", { fill: halo }), unit("accepted", "sky", { fill: halo }), unit("enroute", "sky", { size: 14 }),
    unit("onscene", "orchid", { size: 11 }), unit("stale", "straw"), unit("off", "ink-3"), unit("struck", "ink-3"), unit("clear", "teal"),
    add(map, "cluster", '<circle cx="8" cy="8" r="6.6"/>', { colour: token("teal"), size: 20, fill: halo, halo: 3 }),
    incident("need", "fresh", "ember", 26, { halo: 4.5 }), incident("taken", "taken", "ember", 22, { fill: halo }),
    incident("slip", "taken", "straw", 19, { fill: halo }), incident("hand", "taken", "ink-2", 15, { fill: halo, halo: 5 }), incident("toclose", "toclose", "ink-2", 16, { fill: halo, halo: 5 }),
    premises("school", "school"), premises("hospital", "hospital"), premises("fuel", "fuel"), premises("pin", "aim"),
    add(map, "closed-way", '<path d="M4 2.5 12.5 8 4 13.500Z" fill="currentColor"/>', { colour: token("closure"), size: 12, halo: 4 }),
    add(map, "station", ICONS.station, { colour: token("ink-1"), size: 15, halo: 4 }),
    add(map, "pin", ICONS.aim, { colour: token("ink-1"), size: 24, halo: 5 }),
    add(map, "chosen", '<circle cx="8" cy="8" r="7.2"/>', { colour: token("ink-1"), size: 24, halo: 0 }),
  ]);
}

async function add(map, name, body, { colour, size = 16, halo = 4.5, fill = "none" }) {
  const image = new Image(FRAME * 2, FRAME * 2);
  image.src = `data:image/svg+xml;utf8,${encodeURIComponent(picture(body, { colour, size, halo, fill }))}`;
  await image.decode();
  if (map.hasImage(name)) map.removeImage(name);
  map.addImage(name, image, { pixelRatio: 2 });
}

/** The symbol twice over itself: wide in the colour of land, then in its own. */
function picture(body, { colour, size, halo, fill }) {
  const k = size / 16;
  const o = (FRAME - size) / 2;
  const land = token("map-halo");
  const place = `transform="translate(${o} ${o}) scale(${k})"`;
  const bare = body.replace(/<path class="cut"[^>]*>/g, "").replace(/stroke="none"/g, "");
  const cut = body.replace(/class="cut"/g, `stroke="${token("on-ember")}" stroke-width="2"`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${FRAME * 2}" height="${FRAME * 2}" viewBox="0 0 ${FRAME} ${FRAME}">` +
    (halo ? `<g ${place} fill="${fill}" stroke="${land}" color="${land}" stroke-width="${halo / k}" stroke-linejoin="round">${bare}</g>` : "") +
    `<g ${place} fill="none" stroke="${colour}" color="${colour}" stroke-linecap="square" stroke-width="${1.9 / Math.sqrt(k)}">${cut}</g></svg>`
  );
}
