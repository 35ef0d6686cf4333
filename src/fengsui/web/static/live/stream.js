// What is new since number N? The server tells it as it happens; a lost connection resumes where it stopped.
//
// The browser's EventSource reconnects by itself after a broken line and sends the last number. Where it gives up (the server
// was away and answered with an error), this module opens a new one, a little later each time.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 8000;
/** Nothing at all for so long: the line is dead even if nobody said so. The server is heard from every few seconds. */
const SILENCE_MS = 20_000;

/**
 * Follow the stream.
 *
 * @param address without `after`
 * @param last a function: the last number that the reader has
 * @param on {entry, position, health, cursor, resync, heard, state}; `state` is told "open" or "away"
 */
export function follow(address, last, on, { Source = EventSource, now = () => Date.now() } = {}) {
  let source = null;
  let wait = FIRST_WAIT_MS;
  let heardAt = now();
  let reopening = null;
  let stopped = false;

  const heard = () => {
    heardAt = now();
    on.heard();
  };
  const tell = (name) => (event) => {
    heard();
    on[name](event.data ? JSON.parse(event.data) : null);
  };

  function open() {
    reopening = null;
    source = new Source(`${address}${address.includes("?") ? "&" : "?"}after=${last()}`);
    for (const name of ["entry", "position", "health", "cursor", "resync"]) source.addEventListener(name, tell(name));
    source.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      on.state("open");
      heard();
    });
    source.addEventListener("error", () => {
      on.state("away");
      if (source.readyState === Source.CLOSED) later();
    });
  }

  function later() {
    source?.close();
    if (reopening != null || stopped) return;
    reopening = setTimeout(open, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  const watch = setInterval(() => {
    if (now() - heardAt > SILENCE_MS) {
      heardAt = now();
      on.state("away");
      later();
    }
  }, 2000);

  open();
  return {
    /** Begin again from the reader's present number. */
    again() {
      source?.close();
      clearTimeout(reopening);
      open();
    },
    stop() {
      stopped = true;
      clearInterval(watch);
      clearTimeout(reopening);
      source?.close();
    },
  };
}
