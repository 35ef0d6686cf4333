// What did the crew do that the server has not answered yet?
//
// Every act gets a key when it is pressed and keeps it until it is answered, so that a repeat does no harm. Acts wait in the
// phone's own store: a reload or an empty battery loses none. They go out one after the other, in the order they were pressed;
// what cannot be sent now is tried again by itself.

const WAITS_MS = [1000, 2000, 4000, 8000, 15_000];
/** An answered act is still shown as done until the stream says so too. */
const ECHO_MS = 15_000;

/**
 * @param store get and set by name (localStorage); `name` of the list in it; `send(act)` resolves when the server has it
 * @param onChange() after every change; `onRefused(act, refusal)` when the server will never take it
 */
export function makeOutbox({ store, name, send, onChange = () => undefined, onRefused = () => undefined, now = () => Date.now(), uuid = () => crypto.randomUUID(), later = setTimeout }) {
  let echoes = [];
  let sending = false;
  let tries = 0;
  let timer = null;
  let stuck = null;

  // Read each time: another window of the same phone may have added one.
  const read = () => {
    try {
      const list = JSON.parse(store.getItem(name) ?? "[]");
      return Array.isArray(list) ? list : [];
    } catch {
      return [];
    }
  };
  const write = (list) => store.setItem(name, JSON.stringify(list));

  async function flush() {
    if (sending) return;
    clearTimeout(timer);
    timer = null;
    sending = true;
    try {
      for (let act = read()[0]; act; act = read()[0]) if (!(await one(act))) break;
    } finally {
      sending = false;
    }
  }

  /** One act; whether the next may follow. */
  async function one(act) {
    try {
      await send(act);
    } catch (fault) {
      if (isForLater(fault)) {
        stuck = fault;
        timer = later(flush, WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]);
        tries += 1;
        onChange();
        return false;
      }
      take(act);
      onRefused(act, fault);
      onChange();
      return true;
    }
    take(act);
    echoes = [...echoes.filter((echo) => now() - echo.sentAt < ECHO_MS), { ...act, sentAt: now() }];
    onChange();
    return true;
  }
  function take(act) {
    write(read().filter((other) => other.key !== act.key));
    stuck = null;
    tries = 0;
  }

  return {
    /** Keep the act and send it as soon as that is possible. */
    add(act) {
      const kept = { ...act, key: uuid() };
      write([...read(), kept]);
      onChange();
      flush();
      return kept;
    },
    /** Acts that the server has not answered. */
    waiting: read,
    /** Acts that count on this screen: those that wait, and those just answered. */
    counted: () => [...echoes.filter((echo) => now() - echo.sentAt < ECHO_MS), ...read()],
    /** Why the first one waits, or null. */
    stuck: () => stuck,
    /** Try now: the line is back, or somebody looks. */
    flush() {
      tries = 0;
      return flush();
    },
  };
}

/** Not reached, not well, too busy, signed out meanwhile: none of these is an answer to the act. */
export const isForLater = ({ status, code }) => !status || status >= 500 || status === 401 || status === 408 || status === 429 || code === "from_another_page";
