// The smallest test bench for modules that need no page: name what must hold, run it, hand the outcome over.

const cases = [];

export const test = (name, run) => cases.push({ name, run });

export function equal(got, wanted, about = "") {
  const [a, b] = [canonical(got), canonical(wanted)];
  if (a !== b) throw new Error(`${about}\n  got    ${a}\n  wanted ${b}`);
}

/** Maps and objects by sorted keys, so that order does not count where it means nothing. */
const canonical = (value) =>
  JSON.stringify(value, (_key, one) => {
    if (one instanceof Map) return [...one].sort(([a], [b]) => (a < b ? -1 : 1));
    if (one && typeof one === "object" && !Array.isArray(one)) return Object.fromEntries(Object.entries(one).sort());
    return typeof one === "number" && !Number.isFinite(one) ? String(one) : one;
  });

/** Run everything; [{name, error|null}]. */
export async function run() {
  const told = [];
  for (const { name, run: body } of cases) {
    try {
      await body();
      told.push({ name, error: null });
    } catch (fault) {
      told.push({ name, error: String(fault.stack ?? fault) });
    }
  }
  return told;
}

/** Numbers that are random and the same every time. */
export function dice(seed) {
  let state = seed >>> 0 || 1;
  const next = () => ((state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32);
  return { next, below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)], shuffled: (list) => list.map((one) => [next(), one]).sort((a, b) => a[0] - b[0]).map(([, one]) => one) };
}
