// What does everything look like as a symbol?
//
// 16 × 16 grid, 1.5 px strokes, square caps, no fills except where a solid part carries the meaning. No people, no faces, no
// plates. The same bodies are drawn in pages (a sprite, used by name) and on the map (images made from them).

export const ICONS = {
  // the mark: a beacon tower; the fire is drawn only while something needs a hand
  tower: '<path d="M4.6 14.2 6 6h4l1.4 8.2M3.2 14.2h9.6M5 6V3.8h1.6v1h2.8v-1H11V6"/>',
  fire_on: '<path d="M8-1 10 1.4 8 3.8 6 1.400Z" fill="var(--ember)" stroke="none"/>',
  // kinds of incident
  post: '<path d="M5.6 14V5.2h4.8V14M4 14h8M6.8 2.2h2.4v3H6.8z"/><circle cx="8" cy="8.2" r="1.1"/>',
  fight: '<path d="m2.5 4 4.2 4-4.2 4M13.5 4 9.3 8l4.2 4M8 2v2.4M8 11.6V14"/>',
  crash: '<path d="M1.5 11.5v-3l1.4-3h4l1.6 3v3zM9.8 4.2l1.6 1.5M11 8.2h3.4M9.8 12.2l1.6-1.5"/><path d="M3.4 11.5v1.6M6.6 11.5v1.6"/>',
  fire: '<path d="M8 14.2c-2.6 0-4.2-1.6-4.2-3.9 0-2.9 2.9-4 3-8 2.2 1 3.2 2.8 3 4.7.7-.3 1-.8 1.1-1.5 1 1.2 1.4 2.8 1.4 4.6 0 2.5-1.7 4.1-4.3 4.100Z"/>',
  medical: '<path d="M6 2.500h4V6h3.500v4H10v3.500H6V10H2.500V6H6z"/>',
  theft: '<path d="M3.5 7.500h9v6.200h-9zM5.5 7.500V5a2.5 2.5 0 0 1 4.9-.7M8 9.800v1.8"/>',
  noise: '<path d="M2.5 6.200h2.300L8 3.500v9L4.8 9.800H2.500zM10.4 5.800c1 1.2 1 3.2 0 4.400M12.4 4c1.9 2.2 1.9 5.8 0 8"/>',
  search: '<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.6 3.6"/>',
  water: '<path d="M8 2c2.4 3 3.8 5 3.8 7.100A3.8 3.8 0 0 1 8 13a3.8 3.8 0 0 1-3.8-3.900C4.2 7 5.6 5 8 2ZM2 15h12"/>',
  dispute: '<path d="M2 3h8v5.500H6L3.8 10.500V8.500H2zM12 6h2v5.500h-1.800v2L10 11.500H7.5"/>',
  gas: '<path d="M5 14V6.500h6V14zM6.5 6.500V4h3v2.500M6.5 2.200h3M5 10h6"/>',
  lift: '<path d="M3 2.500h10v11H3zM8 2.500v11M5.5 6.2 6.7 8H4.300zM10.5 9.8 9.3 8h2.400z"/>',
  unread: '<path d="M2.5 4h11v8.500h-11zM2.5 4.5 8 9l5.5-4.500M8 1v2"/>',
  // kinds of unit
  patrol: '<path d="M2 11V8.200l1.5-.7L5 4.500h6l1.5 3 1.5.7V11zM6.8 4.500V2.800h2.400v1.7"/><path d="M4.5 11v1.800M11.5 11v1.8"/>',
  foot: '<path d="M8 1.8 12.8 4v4c0 3-2 5-4.8 6.200C5.2 13 3.2 11 3.2 8V4z"/>',
  special: '<path d="m3 5.5 5 3 5-3M3 9.500l5 3 5-3"/>',
  medic: '<path d="M1.5 4h8v7.500h-8zM9.5 6.500h3l2 2.500v2.500h-5M5.5 5.800v4M3.5 7.800h4"/><path d="M4 11.500v1.500M11.8 11.500v1.5"/>',
  engine: '<path d="M1.5 6h9v5.500h-9zM10.5 7.500h2.500l1.5 2v2h-4M2 3.500h7M3.5 3.500V6M6 3.500V6"/><path d="M4 11.500v1.500M11.8 11.500v1.5"/>',
  // places and things
  station: '<path d="M2.5 14V6L8 2.5 13.5 6v8zM6.5 14v-4h3v4"/>',
  school: '<path d="M2.5 14V7.500H8V14M8 14h5.500V7.500H8M8 7.500V2M8 2.300h4v2.200H8"/>',
  hospital: '<path d="M2.5 2.500h11v11h-11zM6 5v6M10 5v6M6 8h4"/>',
  fuel: '<path d="M3.5 14V2.500h6V14M2.5 14h8M5 4.500h3V7H5zM9.5 6.500h1.700v5c0 1.4 2 1.4 2 0V5.500L11.5 3.8"/>',
  device: '<path d="M4.5 4.500h7v7h-7zM6.5 2v2.500M9.5 2v2.500M6.5 11.500V14M9.5 11.500V14M2 6.500h2.500M2 9.500h2.500M11.5 6.500H14M11.5 9.500H14"/>',
  closure: '<path d="M1.5 5h13v4h-13zM4 9v4.500M12 9v4.500M4 9l3-4M8 9l3-4M12 9l2.5-3.5"/>',
  broken: '<path d="M6.5 9.5 4.8 11.200a2.4 2.4 0 0 1-3.4-3.400L4 5.300M9.5 6.500l1.7-1.700a2.4 2.4 0 0 1 3.4 3.400L12 10.700M6 2.500v2M10 11.500v2"/>',
  key: '<circle cx="5" cy="8" r="2.7"/><path d="M7.7 8h6.500v2.800M11.5 8v2"/>',
  // how a time came to be
  by_button: '<path d="M3 13.500h10M4.5 13.500V10h7v3.500M8 2.500v5M6 5.7 8 7.700l2-2"/>',
  by_place: '<circle cx="8" cy="8" r="4"/><path d="M8 1.500v4M8 10.500v4M1.5 8h4M10.5 8h4"/>',
  by_desk: '<path d="M1.5 4.500h13v8h-13zM4 7h1.200M7.4 7h1.200M10.8 7H12M4.5 10h7"/>',
  by_later: '<path d="m3 13 .6-2.800L10.8 3 13 5.2 5.8 12.400zM9.3 4.500l2.2 2.2"/>',
  by_system: '<path d="M13.5 8A5.5 5.5 0 1 1 11.8 4M12 1.500v2.800H9.2"/>',
  // tools
  sound: '<path d="M2.5 6.200h2.300L8 3.500v9L4.8 9.800H2.500zM10.4 5.800c1 1.2 1 3.2 0 4.400M12.4 4c1.9 2.2 1.9 5.8 0 8"/>',
  phone: '<path d="M3 2.500h3l1 3.2-1.6 1.400c.8 1.6 1.9 2.7 3.5 3.500l1.4-1.6 3.2 1v3c-6 .800-11.3-4.5-10.5-10.500Z"/>',
  check: '<path d="m3 8.5 3.5 3.500L13 4.5"/>',
  cross: '<path d="m4 4 8 8M12 4l-8 8"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  right: '<path d="m6 3 5 5-5 5"/>',
  down: '<path d="m3 6 5 5 5-5"/>',
  left_turn: '<path d="M12 14V8.500H4M7 5 3.5 8.5 7 12"/>',
  lock: '<path d="M3.5 7.500h9v6.200h-9zM5.5 7.500V5a2.5 2.5 0 0 1 5 0v2.5"/>',
  layers: '<path d="m8 2 6 3.2-6 3.2-6-3.200zM2 8.300l6 3.2 6-3.200M2 11.300l6 3.2 6-3.2"/>',
  pin: '<path d="M8 14.500C5 10.8 3.5 8.6 3.5 6.300a4.5 4.5 0 0 1 9 0c0 2.3-1.5 4.5-4.5 8.200Z"/><circle cx="8" cy="6.3" r="1.5"/>',
  doc: '<path d="M3.5 1.800h6l3 3v9.400h-9zM9.5 1.800v3h3M5.5 8h5M5.5 10.800h5"/>',
  sun: '<circle cx="8" cy="8" r="3"/><path d="M8 1.500v1.2M8 13.300v1.2M1.500 8h1.2M13.300 8h1.2M3.400 3.400l.8.8M11.800 11.800l.8.8M3.400 12.600l.8-.8M11.800 4.200l.8-.8"/>',
  out: '<path d="M9.500 2.500h-7v11h7M6.500 8h7.500M11 5l3 3-3 3"/>',
  aim: '<circle cx="8" cy="8" r="5.500"/><path d="M8 .800v4M8 11.200v4M.800 8h4M11.200 8h4"/>',
  swap: '<path d="M2.5 5.500h10M10 3l2.5 2.500L10 8M13.5 10.500h-10M6 8l-2.5 2.500L6 13"/>',
};

// States: the shape says it without colour, the letter says it without the shape.
export const STATES = {
  fresh:     '<path d="M8 .8 15.2 8 8 15.2.8 8Z" fill="currentColor" stroke="none"/><path class="cut" d="M8 4.300v4.500M8 10.600v1.2"/>',
  taken:     '<path d="M8 1.6 14.4 8 8 14.4 1.6 8Z"/>',
  dispatched:'<circle cx="8" cy="8" r="5.7"/><path d="M8 2.300a5.7 5.7 0 0 1 0 11.400Z" fill="currentColor" stroke="none"/>',
  enroute:   '<path d="M3 2.2 14 8 3 13.800Z" fill="currentColor" stroke="none"/>',
  onscene:   '<path d="M2.5 2.500h11v11h-11z" fill="currentColor" stroke="none"/>',
  available: '<circle cx="8" cy="8" r="5.5"/>',
  clear:     '<circle cx="8" cy="8" r="5.5"/><path d="m5.3 8.2 2 2 3.5-4"/>',
  closed:    '<path d="m3 8.5 3.5 3.500L13 4.5"/>',
  off:       '<path d="M3 8h10"/>',
  stale:     '<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.120"/><path d="M8 5v3.300l2 1.5"/>',
  accepted:  '<circle cx="8" cy="8" r="5.7"/><path d="M8 2.300a5.7 5.7 0 0 1 0 11.400Z" fill="currentColor" stroke="none"/>',
  struck:    '<circle cx="8" cy="8" r="5.5"/><path d="m4.2 11.8 7.6-7.6"/>',
  handled:   '<path d="M8 1.6 14.4 8 8 14.4 1.6 8Z"/>',
  toclose:   '<path d="M8 1.6 14.4 8 8 14.4 1.6 8Z"/><path d="m5.4 8.2 1.9 1.9 3.300-3.800"/>',
  cancelled: '<path d="m4.500 4.500 7 7M11.500 4.500l-7 7"/>',
  held:      '<path d="M5.5 3v10M10.5 3v10"/>',
};

const SVG = "http://www.w3.org/2000/svg";

/** Put the sprite into the page once; symbols are then used by name. */
export function plant(document_ = document) {
  if (document_.getElementById("sprite")) return;
  const sprite = document_.createElementNS(SVG, "svg");
  sprite.id = "sprite";
  sprite.setAttribute("aria-hidden", "true");
  sprite.setAttribute("width", "0");
  sprite.setAttribute("height", "0");
  sprite.setAttribute("class", "sprite");
  sprite.innerHTML = symbols("i", ICONS, ' overflow="visible"') + symbols("s", STATES, "");
  document_.body.prepend(sprite);
  for (const wanted of document_.querySelectorAll("[data-icon]")) wanted.replaceWith(icon(wanted.dataset.icon, wanted.className));
  for (const wanted of document_.querySelectorAll("[data-state]")) wanted.replaceWith(state(wanted.dataset.state, wanted.className));
}

const symbols = (letter, bodies, more) =>
  Object.entries(bodies)
    .map(([name, body]) => `<symbol id="${letter}-${name}" viewBox="0 0 16 16"${more}>${body}</symbol>`)
    .join("");

function use(id, className) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "use");
  shape.setAttribute("href", `#${id}`);
  svg.append(shape);
  return svg;
}

/** A tool, a place, a kind of thing. Decoration: a word always stands beside it. */
export const icon = (name, className = "") => use(`i-${name}`, `i ${className}`.trim());

/** The state of an incident or a unit, in its colour. */
export const state = (name, className = "") => use(`s-${name}`, `st st-${name} ${className}`.trim());

/** Turn a state symbol that is already in the page into another one. */
export function restate(svg, name, className = "") {
  const wanted = `st st-${name} ${className}`.trim();
  if (svg.getAttribute("class") === wanted) return;
  svg.setAttribute("class", wanted);
  svg.firstChild.setAttribute("href", `#s-${name}`);
}

/** The symbol of each type of incident and each kind of unit. */
export const OF_TYPE = { fire: "fire", medical: "medical", crime: "theft", traffic: "crash", panic: "post", help: "search", other: "dispute" };
export const OF_KIND = { patrol: "patrol", medic: "medic", fire: "engine", special: "special", station: "station" };
