// What is there to say about a closed street: which streets, where it begins and ends, until when, and what is still in force?

import { present } from "../../live/city.js";

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
const NAMED = 3;

/** The closures that a board would show: those that the present roads do not have whole first, then the newest. */
export const inForce = (city) =>
  present(city, "closures").sort((a, b) => isDetached(b) - isDetached(a) || text(b.closed_at, a.closed_at) || text(a.id, b.id));
const text = (a = "", b = "") => (a < b ? -1 : a > b ? 1 : 0);

/** The present road file does not have all of it: crews may be led along it until somebody acts. */
export const isDetached = (row) => row.attached === false;

/** The lines of a LineString or a MultiLineString. */
export const linesOf = (geometry) => (geometry?.type === "MultiLineString" ? geometry.coordinates : geometry?.coordinates?.length ? [geometry.coordinates] : []);

/**
 * Two points from which the same streets are found again: on its first and its last stretch, not at their junctions, where a
 * shorter way may begin. [[lon, lat], [lon, lat]], or null for nothing drawn.
 */
export function endsOf(geometry) {
  const lines = linesOf(geometry);
  if (!lines.length) return null;
  const last = lines.at(-1);
  return [between(lines[0][0], lines[0][1], 1 / 3), between(last.at(-2), last.at(-1), 2 / 3)];
}
const between = (a, b, share) => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share].map((degrees) => Math.round(degrees * 1e7) / 1e7);

/** A point of it to look at or to write on. */
export function middleOf(geometry) {
  const lines = linesOf(geometry);
  const line = lines[Math.floor(lines.length / 2)];
  return line ? line[Math.floor(line.length / 2)] : null;
}

/** The names of its streets, each once: 东街、南街, and how many more. */
export function streetsOf(streets, words) {
  const names = [...new Set((streets ?? []).map((one) => words.named(one)).filter(Boolean))];
  const shown = names.slice(0, NAMED).join(words.english ? ", " : "、");
  return names.length > NAMED ? `${shown} +${names.length - NAMED}` : shown;
}

/** A reason in the reader's language, where it is one of those that are offered; else as somebody wrote it. */
export const reasonOf = (reason, offered, words) => words.named((offered ?? []).find((one) => one.zh === reason || one.en === reason)) || (reason ?? "");

/** Until when, by the centre's clock; with its day where that is not today. */
export function untilOf(until, now, words) {
  const day = words.date(until);
  return day === words.date(now) ? words.hour(until) : `${day} ${words.hour(until)}`;
}

/**
 * When the centre's clock next shows what was typed: 9:30, 0930, 14：30.
 *
 * @param hour tells the centre's HH:MM of a moment
 * @returns milliseconds since 1970, after `now`; null for what is no time of day
 */
export function clockAhead(typed, now, hour) {
  const wanted = minutesOf(typed);
  if (wanted == null) return null;
  const from = Math.floor(now / MINUTE) * MINUTE;
  const ahead = mod(wanted - minutesOf(hour(from)) - 1, DAY_MINUTES) + 1;
  const at = from + ahead * MINUTE;
  // Clocks may be put forward or back in between.
  const off = mod(wanted - minutesOf(hour(at)) + DAY_MINUTES / 2, DAY_MINUTES) - DAY_MINUTES / 2;
  return at + off * MINUTE;
}
const mod = (a, n) => ((a % n) + n) % n;

function minutesOf(typed) {
  const [, hours, minutes] = /^(\d{1,2})[:：.]?(\d{2})$/.exec(typed.trim()) ?? [];
  return hours != null && Number(hours) < 24 && Number(minutes) < 60 ? Number(hours) * 60 + Number(minutes) : null;
}
