// What time is it at the centre? In the centre's zone, wherever this screen stands.

import { say } from "../look/dom.js";

export function mount(element, { clock, words }) {
  const date = element.querySelector('[data-part="date"]');
  const time = element.querySelector('[data-part="time"]');
  clock.every((now) => {
    say(time, words.time(now));
    say(date, words.date(now));
  });
}
