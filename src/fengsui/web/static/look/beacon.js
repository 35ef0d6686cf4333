// How long since the call, and will they make it? Drawn, on one scale for all: 0-6 minutes, ticks at 1, 3 and 5, the ring
// that counts drawn heavier. Bar = elapsed, small ticks = what was done, hollow triangle = expected, square = arrived.

const SVG = "http://www.w3.org/2000/svg";
const RINGS = [1, 3, 5];
const FULL = 6;
const PAD = 3;

/** Where a minute lies on a line `width` pixels wide. */
export const at = (minute, width) => PAD + (Math.min(Math.max(minute, 0), FULL) / FULL) * (width - 2 * PAD);

/**
 * What is drawn, as data: a list of [tag, attributes, text?]. Pure, so that it is tested without a browser.
 *
 * @param b minutes since the call: {limit|null, now, acts: [minute…], eta|null, arrived|null, nobody: bool}
 */
export function strokes(b, { width = 104, height = 18, labels = false, r = 2.6 } = {}) {
  const y = labels ? height - r - 5 : height / 2;
  const end = b.arrived ?? b.now;
  const late = b.limit != null && end > b.limit;
  const slips = b.arrived == null && b.eta != null && b.limit != null && b.eta > b.limit;
  const x = (minute) => at(minute, width);
  const list = [["path", { class: "b-base", d: `M${x(0)} ${y}H${x(FULL)}` }]];
  for (const ring of RINGS) {
    const on = ring === b.limit;
    const half = on ? r + 4 : 4;
    list.push(["path", { class: on ? "b-tick on" : "b-tick", d: `M${x(ring)} ${y - half}V${y + half}` }]);
    if (labels) list.push(["text", { class: on ? "b-lab on" : "b-lab", x: x(ring), y: y - r - 8, "text-anchor": "middle" }, `${ring}′`]);
  }
  list.push(["path", { class: `b-bar ${tone(b, late)}`, d: `M${x(0)} ${y}H${x(end)}` }]);
  if (b.arrived == null && b.eta != null) {
    const e = x(b.eta);
    const k = r + 1.2;
    list.push(["path", { class: slips ? "b-eta slip" : "b-eta", d: `M${Math.min(x(b.now), e)} ${y}H${e}` }]);
    list.push(["path", { class: slips ? "b-tri slip" : "b-tri", d: `M${e - k} ${y - k}L${e + k} ${y}L${e - k} ${y + k}Z` }]);
  }
  for (const act of b.acts ?? []) list.push(["path", { class: "b-act", d: `M${x(act)} ${y - r - 1}V${y + r + 1}` }]);
  if (b.arrived != null) list.push(["rect", { class: late ? "b-arr late" : "b-arr", x: x(b.arrived) - r, y: y - r, width: 2 * r, height: 2 * r }]);
  if (end > FULL) list.push(["path", { class: "b-over", d: `M${x(FULL) - 4} ${y - 4}l4 4-4 4` }]);
  return list;
}

// Ember while nobody has it, sky when someone moves, straw past its ring, grey when it is over.
const tone = (b, late) => (b.arrived != null ? (late ? "b-late" : "b-done") : b.nobody ? "b-hot" : late ? "b-late" : "b-run");

/** An empty line to be drawn into. */
export function line(className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `beacon ${className}`.trim());
  svg.setAttribute("role", "img");
  return svg;
}

/** Draw `b` into `svg`. Elements are reused, so a tick of the clock changes one or two attributes. */
export function draw(svg, b, { say = "", ...size } = {}) {
  const { width = 104, height = 18 } = size;
  put(svg, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": say });
  const list = strokes(b, size);
  list.forEach(([tag, attributes, text], n) => {
    let part = svg.childNodes[n];
    if (part?.nodeName !== tag) {
      const made = document.createElementNS(SVG, tag);
      if (part) part.replaceWith(made);
      else svg.append(made);
      part = made;
    }
    put(part, attributes);
    if (text && part.textContent !== text) part.textContent = text;
  });
  while (svg.childNodes.length > list.length) svg.lastChild.remove();
}

function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}
