import { makeClock } from "/static/look/clock.js";
import { equal, test } from "./check.js";

const SECOND = 1000;
const header = (off) => new Date(Date.now() + off).toUTCString();
const isNear = (clock, off) => Math.abs(clock.now() - Date.now() - off) < 1500;

test("a clock that is wrong follows the server, once two of its answers agree", () => {
  const clock = makeClock();
  clock.heard(header(60 * SECOND), Date.now());
  equal(isNear(clock, 0), true);
  clock.heard(header(60 * SECOND), Date.now());
  equal(isNear(clock, 60 * SECOND), true);
});

test("one answer of a server that stood still does not set the clock back", () => {
  const clock = makeClock();
  clock.heard(header(-20 * SECOND), Date.now());
  clock.heard(header(0), Date.now());
  clock.heard(header(-20 * SECOND), Date.now());
  equal(isNear(clock, 0), true);
});

test("answers that were long on their way say nothing about the time", () => {
  const clock = makeClock();
  for (let n = 0; n < 3; n += 1) clock.heard(header(-19 * SECOND), Date.now() - 19 * SECOND);
  equal(isNear(clock, 0), true);
});
