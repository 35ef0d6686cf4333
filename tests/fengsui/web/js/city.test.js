import { apply, isLost, isOver, justClosed, moved, present, snapshot, upTo } from "/static/live/city.js";
import { dice, equal, test } from "./check.js";

// A server in miniature: it changes rows, numbers what it did, and can say at any moment how everything stands.
function server(seed, steps) {
  const { below, pick, next } = dice(seed);
  const incidents = new Map();
  const units = new Map(["SQ01", "SQ02", "SQ03", "SQ04"].map((callsign) => [callsign, { callsign, state: "available", version: 1, lon: 0, lat: 0, position_at: "2026-11-24T00:00:00.000Z" }]));
  const closures = new Map();
  const entries = [];
  const boards = [];
  const board = () => ({ last: entries.length, incidents: copy([...incidents.values()].filter((row) => !isOver(row))), units: copy([...units.values()]), closures: copy([...closures.values()].filter((row) => row.state === "closed")) });
  boards.push(board());
  for (let n = 1; n <= steps; n += 1) {
    const rows = {};
    if (next() < 0.3 || !incidents.size) incidents.set(`i${n}`, { id: `i${n}`, state: "waiting", version: 1, received_at: `2026-11-24T00:${String(n % 60).padStart(2, "0")}:00.000Z` });
    const incident = incidents.get(next() < 0.3 && incidents.has(`i${n}`) ? `i${n}` : pick([...incidents.keys()]));
    incident.state = pick(["waiting", "assigned", "on_scene", "closed", "cancelled"]);
    incident.version += 1 + below(2);
    rows.incidents = incidents.has(`i${n}`) && incident.id !== `i${n}` ? [incidents.get(`i${n}`), incident] : [incident];
    if (next() < 0.6) {
      const unit = units.get(pick([...units.keys()]));
      unit.state = pick(["available", "committed", "off_duty"]);
      unit.version += 1;
      rows.units = [unit];
    }
    if (next() < 0.4) closures.set(`c${n}`, { id: `c${n}`, state: "closed", attached: true, version: 0 });
    if (closures.size && next() < 0.6) {
      const closure = closures.get(`c${n}`) ?? pick([...closures.values()]);
      closure.version += 1;
      if (closure.version > 1 && next() < 0.5) closure.state = "lifted";
      else closure.attached = next() < 0.5;
      rows.closures = [closure];
    }
    for (const [id, closure] of closures) if (!closure.version) closures.delete(id);
    entries.push({ seq: n, rows: copy(rows) });
    boards.push(board());
  }
  return { entries, boards };
}
const copy = (value) => JSON.parse(JSON.stringify(value));
const asBoard = (city) => ({ last: city.last, incidents: new Map(present(city, "incidents").map((row) => [row.id, row])), units: city.units, closures: new Map(present(city, "closures").map((row) => [row.id, row])) });
const after = (city, entries) => entries.reduce(apply, city);

test("an old snapshot plus the entries since equals the new snapshot, from any number to any other", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { entries, boards } = server(seed, 30);
    const { below } = dice(seed * 7);
    for (let k = 0; k < 10; k += 1) {
      const from = below(31);
      const to = from + below(31 - from);
      equal(asBoard(after(snapshot(boards[from]), entries.slice(from, to))), asBoard(snapshot(boards[to])), `seed ${seed}, ${from} to ${to}`);
    }
  }
});

test("repeated and reordered entries change nothing", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { entries, boards } = server(seed, 25);
    const { below, shuffled } = dice(seed * 13);
    const from = below(20);
    const since = entries.slice(from);
    const muddled = shuffled([...since, ...since.slice(0, below(since.length + 1)), ...entries.slice(Math.max(0, from - 5), from)]);
    equal(asBoard(after(snapshot(boards[from]), muddled)), asBoard(snapshot(boards[25])), `seed ${seed}`);
  }
});

test("what did not change is the same object, so nothing is drawn again for it", () => {
  const city = snapshot({ last: 1, incidents: [{ id: "a", version: 1 }], units: [{ callsign: "SQ01", version: 1 }] });
  const next = apply(city, { seq: 2, rows: { incidents: [{ id: "a", version: 2 }] } });
  equal(next.units === city.units, true);
  equal(city.incidents.get("a").version, 1, "the city before stays as it was");
});

test("a late entry does not open a closed incident again", () => {
  let city = snapshot({ last: 1, incidents: [{ id: "a", version: 1, state: "waiting" }], units: [] });
  city = apply(city, { seq: 3, rows: { incidents: [{ id: "a", version: 3, state: "closed", ended_at: "2026-11-24T00:00:03.000Z" }] } });
  city = apply(city, { seq: 2, rows: { incidents: [{ id: "a", version: 2, state: "assigned" }] } });
  equal(present(city, "incidents"), []);
  equal(justClosed(city, 5).map((row) => row.id), ["a"]);
});

test("a late entry does not close an opened street again", () => {
  const closed = { id: "c", version: 1, state: "closed" };
  let city = snapshot({ last: 1, incidents: [], units: [], closures: [closed] });
  city = apply(city, { seq: 3, rows: { closures: [{ ...closed, version: 3, state: "lifted" }] } });
  city = apply(city, { seq: 2, rows: { closures: [{ ...closed, version: 2 }] } });
  equal(present(city, "closures"), []);
});

test("a position raises no version, and an older one is not taken", () => {
  let city = snapshot({ last: 1, incidents: [], units: [{ callsign: "SQ01", version: 4, lon: 1, lat: 1, position_at: "2026-11-24T00:00:05.000Z" }] });
  city = moved(city, { unit: "SQ01", lon: 2, lat: 2, at: "2026-11-24T00:00:07.000Z" });
  city = moved(city, { unit: "SQ01", lon: 3, lat: 3, at: "2026-11-24T00:00:06.000Z" });
  equal([city.units.get("SQ01").lon, city.units.get("SQ01").version], [2, 4]);
});

test("a row that was read before the last position keeps that position", () => {
  let city = snapshot({ last: 1, incidents: [], units: [{ callsign: "SQ01", version: 1, state: "available", lon: 1, lat: 1, position_at: "2026-11-24T00:00:01.000Z" }] });
  city = moved(city, { unit: "SQ01", lon: 2, lat: 2, at: "2026-11-24T00:00:09.000Z" });
  city = apply(city, { seq: 2, rows: { units: [{ callsign: "SQ01", version: 2, state: "committed", lon: 1, lat: 1, position_at: "2026-11-24T00:00:05.000Z" }] } });
  equal([city.units.get("SQ01").lon, city.units.get("SQ01").state], [2, "committed"]);
});

test("a unit that goes off duty is nowhere, also where a position of its last minute comes late", () => {
  let city = snapshot({ last: 1, incidents: [], units: [{ callsign: "SQ01", version: 1, state: "available", lon: 1, lat: 1, position_at: "2026-11-24T00:00:09.000Z" }] });
  city = apply(city, { seq: 2, rows: { units: [{ callsign: "SQ01", version: 2, state: "off_duty", lon: null, lat: null, position_at: null }] } });
  city = moved(city, { unit: "SQ01", lon: 2, lat: 2, at: "2026-11-24T00:00:10.000Z" });
  equal([city.units.get("SQ01").lon, city.units.get("SQ01").position_at], [null, null]);
});

test("a position of a unit that is not ours is left alone", () => {
  const city = snapshot({ last: 1, incidents: [], units: [] });
  equal(moved(city, { unit: "ZZ99", lon: 1, lat: 1, at: "2026-11-24T00:00:01.000Z" }) === city, true);
});

test("a cursor accounts for numbers that are not for this reader; one that begins beyond ours means lost", () => {
  const city = snapshot({ last: 10, incidents: [], units: [] });
  equal([isLost(city, [10, 14]), isLost(city, [8, 14]), isLost(city, [11, 14])], [false, false, true]);
  equal([upTo(city, [10, 14]).last, upTo(city, [3, 7]).last], [14, 10]);
});

test("a kind of row that this page does not know is passed over", () => {
  const city = snapshot({ last: 1, incidents: [], units: [] });
  equal(apply(city, { seq: 2, rows: { comets: [{ id: 1, version: 1 }] } }).last, 2);
});
