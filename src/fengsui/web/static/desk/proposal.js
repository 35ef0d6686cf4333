// Which unit should go? Asks the server for the chosen incident's ranking and keeps what is on the screen.
//
// What somebody is reading does not change under their hand: a newer ranking is put up only when they were quiet for two
// seconds, or when the one on the screen can no longer be followed.

import { activeOf, isOver } from "./facts.js";
import { deskOf } from "./desk.js";

const AGAIN_MS = 12_000;
const K = 5;
/** So long after the first changed Enter asks once more: the hand may have meant the one before. */
const NOTICE_MS = 800;

const made = new WeakMap();

export function proposalOf(context) {
  if (!made.has(context)) made.set(context, makeProposal(context, deskOf(context)));
  return made.get(context);
}

function makeProposal(context, desk) {
  const { api, bus, clock } = context;
  // shown: the answer on the screen, with the incident it is about; next: a newer one that waits; routes: rank → the way
  let shown = null;
  let next = null;
  let askedAt = 0;
  let askedFor = null;
  let asking = null;
  let routes = [];
  let askedRoutes = 0;
  let closures = 0; // how often they changed: what was asked before is asked again

  const aimed = () => {
    const incident = desk.incident();
    return context.may("recommend") && incident && !isOver(incident) && !desk.state.calling ? incident : null;
  };
  // What Enter would send, and since when: {incident, unit, at, was}.
  let aim = null;
  const takeAim = () => {
    const unit = first()?.unit ?? null;
    const sameIncident = aim?.incident === desk.state.chosen;
    if (sameIncident && aim.unit === unit) return;
    aim = { incident: desk.state.chosen, unit, at: clock.now(), was: sameIncident ? aim.unit : null };
  };
  const put = (answer) => {
    shown = answer;
    next = null;
    takeAim();
    bus.emit("proposal", shown);
    askRoutes(answer);
  };

  async function ask() {
    const incident = aimed();
    if (!incident) return clear();
    const question = `${incident.id} ${incident.version} ${closures}`;
    // The same question is on its way already.
    if (asking && askedFor === question) return;
    askedFor = question;
    asking?.abort();
    const mine = (asking = new AbortController());
    askedAt = clock.now();
    try {
      const answer = await api.get(`incidents/${incident.id}/recommendation?k=${K}`, { signal: mine.signal });
      if (mine.signal.aborted || desk.state.chosen !== incident.id) return;
      const got = { ...answer, incident: incident.id, version: incident.version, at: clock.now() };
      if (isUsable() && !desk.hands.isQuiet() && !sameRanking(shown, got)) next = got;
      else put(got);
    } catch (refused) {
      if (!mine.signal.aborted) bus.emit("proposal", (shown = { incident: incident.id, units: [], not: [], fault: refused, at: clock.now() }));
    } finally {
      if (asking === mine) asking = null;
    }
  }
  function clear() {
    if (shown) bus.emit("proposal", (shown = null));
    setRoutes([]);
  }
  const setRoutes = (list) => bus.emit("routes", (routes = list));

  /** Is what is on the screen about this incident, and can its first still be sent? */
  const isUsable = () => shown?.incident === desk.state.chosen && !shown.fault && first() != null;
  /** The first proposed unit that is still free by what the stream told us since. */
  const first = () => (shown?.units ?? []).find((one) => (desk.unit(one.unit)?.state ?? "available") === "available") ?? null;

  /** The ways to draw: of those on their way if there are any, else of the first two proposed. None is no reason to stop. */
  async function askRoutes(answer) {
    const mine = (askedRoutes += 1);
    const incident = desk.incident();
    const moving = incident ? activeOf(incident).filter((one) => one.status !== "on_scene") : [];
    const two = (moving.length ? moving : incident && activeOf(incident).length ? [] : answer.units).slice(0, 2);
    const ways = await Promise.all(two.map((one) => api.get(`incidents/${answer.incident}/route?unit=${encodeURIComponent(one.unit)}`).catch(() => null)));
    if (shown !== answer || mine !== askedRoutes) return;
    setRoutes(ways.flatMap((way, n) => (way?.geometry ? [{ rank: n + 1, unit: two[n].unit, isSent: moving.length > 0, seconds: way.seconds, geometry: way.geometry }] : [])));
  }

  bus.on("desk", () => {
    const incident = aimed();
    if (incident?.id !== shown?.incident) incident ? ask() : clear();
  });
  bus.on("stale-proposal", () => ask());
  desk.live.onChange((city, what) => {
    const incident = aimed();
    if (!incident) return shown && clear();
    if (what.all || what.units.size) takeAim();
    if (what.closures.size) {
      closures += 1;
      // The way of those on it is another at once; the ways of a ranking change with the ranking.
      if (shown && !shown.fault && activeOf(incident).length) askRoutes(shown);
    }
    const changed = what.all || what.closures.size || what.incidents.has(incident.id) || (shown?.units ?? []).some((one) => what.units.has(one.unit));
    if (changed) ask();
  });
  clock.every((now) => {
    if (next && desk.hands.isQuiet()) put(next);
    else if (aimed() && !asking && now - askedAt > AGAIN_MS) ask();
  });

  return {
    shown: () => (shown?.incident === desk.state.chosen ? shown : null),
    first, routes: () => routes, isUsable, refresh: ask,
    /** The unit that Enter would have sent a moment ago, where that has just changed; asked once, then answered no. */
    justChangedFrom() {
      const was = aim?.was && clock.now() - aim.at < NOTICE_MS ? aim.was : null;
      if (was) aim = { ...aim, was: null };
      return was;
    },
  };
}

const sameRanking = (a, b) => a?.incident === b.incident && a.units.length === b.units.length && a.units.every((one, n) => one.unit === b.units[n].unit);
