// What does every module of a page share? The page's facts, its words, one clock, one way to the server, and, for the pages
// that want it, one live city. Modules tell each other things through `bus`, by name.

import { makeApi } from "../live/api.js";
import { makeLive } from "../live/live.js";
import { makeClock } from "../look/clock.js";
import { makeWords } from "../look/words.js";

export function makeContext(page) {
  const words = makeWords(page);
  const clock = makeClock();
  const bus = makeBus();
  const api = makeApi({ csrf: page.csrf ?? "", language: page.lang ?? "zh", heard: clock.heard, words });
  let live = null;
  return {
    page, words, t: words.t, clock, bus, api,
    may: (verb) => (page.may ?? []).includes(verb),
    /** The live city: made, loaded and kept when first asked for. */
    live: () => (live ??= makeLive({ page, api, clock })),
    /** Tell a person something that has no better place; it stays until read. */
    toast: (message) => bus.emit("toast", message),
    /** For those who listen to the page rather than see it. */
    announce(text) {
      const region = document.getElementById("said");
      if (region) region.textContent = text;
    },
  };
}

/** The smallest way for modules to hear each other. */
export function makeBus() {
  const listeners = new Map();
  return {
    on(name, listener) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name).add(listener);
      return () => listeners.get(name).delete(listener);
    },
    emit(name, value) {
      for (const listener of listeners.get(name) ?? []) listener(value);
    },
  };
}
