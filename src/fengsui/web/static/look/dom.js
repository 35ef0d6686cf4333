// How is a page changed without being built again?
//
// `el` makes an element, `keyed` keeps a list of them in step with rows: one element a key, made once, moved when the order
// changes, updated in place. A row under the pointer therefore stays the same element, and focus is never lost.

/** Make an element. `props`: class, text, and any attribute; `on` is a map of listeners; null and false leave an attribute out. */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

/** Set text only where it differs: the browser then has nothing to lay out again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set or drop an attribute only where it differs. */
export function attr(element, name, value) {
  if (value == null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Set the class only where it differs. */
export function cls(element, className) {
  if (element.className !== className) element.className = className;
}

/**
 * Keep `parent`'s children in step with `rows`.
 *
 * `known` is a Map that the caller keeps; `make(row)` builds an element once, `update(element, row)` brings it up to date.
 */
export function keyed(parent, rows, known, { key, make, update }) {
  const wanted = new Set(rows.map(key));
  for (const [name, element] of known) {
    if (wanted.has(name)) continue;
    element.remove();
    known.delete(name);
  }
  let place = parent.firstChild;
  for (const row of rows) {
    const name = key(row);
    let element = known.get(name);
    if (!element) known.set(name, (element = make(row)));
    update(element, row);
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
  }
}
