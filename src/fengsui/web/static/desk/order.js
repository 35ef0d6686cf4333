// When may rows change places? Not under somebody's hand: a re-sort waits until two seconds after the last key or pointer move.
//
// Until then a row stays where it is, a new one is added at the end of its part, and one that is gone altogether goes.

export const QUIET_MS = 2000;

/** What is shown while somebody is busy: `shown` and `wanted` are {section: [ids]}. Pure. */
export function held(shown, wanted) {
  const place = new Map(Object.entries(wanted).flatMap(([section, ids]) => ids.map((id) => [id, section])));
  const kept = Object.fromEntries(Object.entries(wanted).map(([section]) => [section, (shown[section] ?? []).filter((id) => place.has(id))]));
  const placed = new Set(Object.values(kept).flat());
  for (const [section, ids] of Object.entries(wanted)) kept[section].push(...ids.filter((id) => !placed.has(id)));
  return kept;
}

export const same = (a, b) => Object.keys(b).every((section) => a[section]?.length === b[section].length && b[section].every((id, n) => id === a[section][n]));

/** Is the person busy? Watches keys, wheel and pointer of the whole page. */
export function watchHands(target = window, now = () => performance.now()) {
  let last = -QUIET_MS;
  const busy = () => (last = now());
  for (const name of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"]) target.addEventListener(name, busy, { passive: true, capture: true });
  return { isQuiet: () => now() - last >= QUIET_MS };
}
