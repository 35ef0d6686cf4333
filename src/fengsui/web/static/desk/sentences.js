// What is there to say about an incident in one line, about a recommendation's row, about an entry of the record?

import { activeOf, callName, expectedAt, foremost, isOver } from "./facts.js";
import { running } from "../look/words.js";

/** The second line of an incident in the queue: what holds it, or who is on it. */
export function secondLine(incident, now, { context, desk, slip }) {
  const { t, words, page } = context;
  const name = (callsign) => callName(desk.live.city().units, callsign, words);
  if (isOver(incident)) return incident.state === "cancelled" ? t("state.cancelled") : words.label(page.dispositions, incident.disposition) || t("state.closed");
  if (slip?.why === "silent") return t("line.silent", { unit: name(slip.unit), since: running(slip.ms), limit: running(desk.targets.accept_ms) });
  const units = activeOf(incident);
  if (incident.to_close) return t("line.to_close");
  if (!units.length) return waitingLine(incident, { t, name });
  const first = foremost(incident);
  const names = units.slice(0, 3).map((one) => name(one.unit)).join(" ");
  const more = units.length > 3 ? ` +${units.length - 3}` : "";
  const expected = expectedAt(first, now);
  const said = [`${names}${more} ${t(`status.${first.status}`)}`];
  if (expected != null) said.push(expected - now < 1000 ? t("line.due") : t("line.expected", { time: words.duration(expected - now) }));
  if (slip?.why === "missed" || slip?.why === "will_miss") said.push(t(`line.${slip.why}`, { by: words.duration(slip.ms) }));
  return said.join(" · ");
}

function waitingLine(incident, { t, name }) {
  const refused = [...(incident.assignments ?? [])].reverse().find((one) => one.status === "declined" || one.status === "recalled");
  if (refused) return t(`line.${refused.status}`, { unit: name(refused.unit) });
  if (incident.doubt?.length) return incident.doubt.map((code) => doubt(code, t)).join(" · ");
  return t("line.unsent");
}

/** A doubt is a code, or an object with one; codes without a sentence of ours show themselves. */
export function doubt(one, t) {
  const code = typeof one === "string" ? one : one.code;
  const sentence = t(`doubt.${code}`, one.facts ?? {});
  return one.sentence ?? (sentence === `doubt.${code}` ? code : sentence);
}

/** A reason of the ranking: a sentence from the server, or a code with facts. */
export function reason(one, t, words) {
  if (typeof one === "string") {
    const known = t(`why.${one}`);
    return known === `why.${one}` ? one : known;
  }
  if (one.seconds != null && t(`why.${one.code}`) !== `why.${one.code}`) return t(`why.${one.code}`, { time: words.duration(one.seconds * 1000) });
  return one.sentence ?? (one.zh || one.en ? words.named(one) : t(`why.${one.code}`, one.facts ?? {}));
}

/** What an entry of the record says, in words. */
export function deed(entry, { t, words, name }) {
  // The server says call signs; the screen has names.
  if (entry.sentence) return entry.facts?.unit ? entry.sentence.replaceAll(entry.facts.unit, name(entry.facts.unit)) : entry.sentence;
  const facts = { ...(entry.facts ?? {}) };
  const unit = facts.unit ?? (entry.about ?? []).find((one) => one.kind === "unit")?.id;
  if (unit) facts.unit = name(unit);
  const key = facts.status && t(`what.${entry.what}.${facts.status}`) !== `what.${entry.what}.${facts.status}` ? `what.${entry.what}.${facts.status}` : `what.${entry.what}`;
  const said = t(key, facts);
  return said === key ? entry.what : said.replace(/%\(\w+\)s/g, "").trim();
}

/** Who did it: a seat, a crew, the system. */
export function doer(entry, { t, page }) {
  if (entry.by?.name) return entry.by.name;
  if (entry.by?.id && entry.by.id === page.user?.id) return page.user.name;
  const role = entry.by?.role ?? "system";
  const known = t(`role.${role}`);
  return known === `role.${role}` ? role : known;
}
