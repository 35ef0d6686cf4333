// What time is it, and which clocks are running?
//
// One ticker moves every running clock of the page, once a second and together. The time is the server's: this computer's
// clock is corrected when it is more than two seconds off, so that two desks show the same.

/** An answer that was longer on its way says too little about the time. */
const SLOW_MS = 2000;
const SMALL_MS = 2000;

export function makeClock() {
  let offset = 0;
  let doubted = null;
  const running = new Set();
  let timer = null;

  function tick() {
    const now = clock.now();
    for (const one of running) one(now);
    // The next full second, so that all clocks turn in the same moment.
    timer = setTimeout(tick, 1000 - (clock.now() % 1000) + 5);
  }

  const clock = {
    /** Milliseconds since 1970 by the server's clock. */
    now: () => Date.now() + offset,
    /**
     * Told by an answer's `Date` header, which has whole seconds; small differences are the network's. A server that stood
     * still sends the time from before: only a second answer that agrees moves the clock.
     */
    heard(headerDate, askedAt) {
      const off = Date.parse(headerDate) + 500 - Date.now();
      if (!Number.isFinite(off) || Date.now() - askedAt > SLOW_MS) return;
      const told = Math.abs(off) > SMALL_MS ? off : 0;
      const agrees = (one) => one != null && Math.abs(told - one) <= SMALL_MS;
      if (agrees(offset) || agrees(doubted)) [offset, doubted] = [told, null];
      else doubted = told;
    },
    /** Call `one(now)` each second, beginning now. Returns the way to stop. */
    every(one) {
      running.add(one);
      one(clock.now());
      timer ??= setTimeout(tick, 1000 - (clock.now() % 1000) + 5);
      return () => running.delete(one);
    },
  };
  return clock;
}
