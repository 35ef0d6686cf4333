import { before, beaconOf, expectedAt, placeOf, sectionOf, shortNumber, dayNumber, slipOf, stateWord, symbolOf, unitFace } from "/static/desk/facts.js";
import { held, same, watchHands, QUIET_MS } from "/static/desk/order.js";
import { letters } from "/static/desk/segments.js";
import { canStep } from "/static/desk/commands.js";
import { at, strokes } from "/static/look/beacon.js";
import { distance, duration, running, waited } from "/static/look/words.js";
import { equal, test } from "./check.js";

const CALL = Date.parse("2026-11-24T03:00:00.000Z");
const later = (seconds) => new Date(CALL + seconds * 1000).toISOString();
const TARGETS = { arrive_ms: { 1: 180_000, 2: 180_000, 3: 300_000, 4: 300_000 }, accept_ms: 30_000, stale_ms: 120_000 };
const incident = (more = {}) => ({ id: "a", number: "SQC-261124-0087", state: "waiting", priority: 1, clock_from: later(0), received_at: later(1), to_close: false, assignments: [], ...more });
const sent = (status, more = {}) => ({ id: "x", unit: "SQ01", status, ms: 100_000, ordered_at: later(10), accepted_at: null, en_route_at: null, on_scene_at: null, ended_at: null, ...more });
const now = (seconds) => CALL + seconds * 1000;

test("an incident without a crew needs a hand, also after its only crew was recalled", () => {
  equal(sectionOf(incident(), now(5), TARGETS), "need");
  equal(sectionOf(incident({ assignments: [sent("recalled")] }), now(60), TARGETS), "need");
});

test("a pin that has no name is told by its degrees, and is not called no place", () => {
  const words = { named: ({ zh }) => zh };
  equal(placeOf(incident({ place: "东街", place_en: "East Street", lon: 1, lat: 2 }), words), "东街");
  equal(placeOf(incident({ place: null, lon: 10, lat: -10.5 }), words), "10.00000, -10.50000");
  equal(placeOf(incident({ place: null, lon: null, lat: null }), words), "");
});

test("an order that nobody answered in time slips, and says whose", () => {
  const silent = incident({ state: "assigned", assignments: [sent("ordered")] });
  equal(sectionOf(silent, now(39), TARGETS), "hand");
  equal(slipOf(silent, now(41), TARGETS), { why: "silent", unit: "SQ01", ms: 31_000 });
});

test("a crew that will come after the ring slips before the ring is missed", () => {
  const slow = incident({ state: "assigned", assignments: [sent("en_route", { en_route_at: later(20), ms: 200_000 })] });
  equal(slipOf(slow, now(30), TARGETS).why, "will_miss");
  equal(slipOf(slow, now(181), TARGETS).why, "missed");
  equal(sectionOf(incident({ state: "assigned", assignments: [sent("en_route", { en_route_at: later(20), ms: 100_000 })] }), now(30), TARGETS), "hand");
});

test("nothing slips once somebody is there, nor where a page has no targets", () => {
  equal(slipOf(incident({ assignments: [sent("on_scene", { on_scene_at: later(400) })] }), now(500), TARGETS), null);
  equal(slipOf(incident({ assignments: [sent("ordered")] }), now(500), null), null);
});

test("to close and done have their own parts of the queue", () => {
  equal(sectionOf(incident({ state: "on_scene", to_close: true, assignments: [sent("cleared")] }), now(60), TARGETS), "toclose");
  equal(["closed", "cancelled"].map((state) => sectionOf(incident({ state }), now(60), TARGETS)), ["done", "done"]);
});

test("the symbol is its own while nobody is sent, then the foremost crew's", () => {
  const two = [sent("ordered"), sent("on_scene", { id: "y", unit: "SQ02" })];
  equal([symbolOf(incident()), symbolOf(incident({ assignments: two }))], ["fresh", "onscene"]);
  equal(stateWord(incident({ assignments: two }), null), "status.on_scene");
});

test("a crew that has not left is expected from now, one on its way from when it left", () => {
  equal(expectedAt(sent("accepted"), now(50)), now(150));
  equal(expectedAt(sent("en_route", { en_route_at: later(20) }), now(50)), now(120));
  equal(expectedAt(sent("en_route", { en_route_at: later(20) }), now(500)), now(500));
  equal(expectedAt(sent("ordered", { ms: null }), now(50)), null);
});

test("the gravest that waits longest stands first; in hand the newest", () => {
  const list = [incident({ id: "b", priority: 2, clock_from: later(-100) }), incident({ id: "c", clock_from: later(20) }), incident({ id: "d", clock_from: later(-20) })];
  const ids = (section) => [...list].sort((a, b) => before(section, a, b)).map((one) => one.id);
  equal(ids("need"), ["d", "c", "b"]);
  equal(ids("hand"), ["c", "d", "b"]);
});

test("the line freezes at the arrival and burns while nobody has the incident", () => {
  equal(beaconOf(incident(), now(60), TARGETS).nobody, true);
  const there = beaconOf(incident({ assignments: [sent("on_scene", { on_scene_at: later(120) })] }), now(600), TARGETS);
  equal([there.arrived, there.nobody, there.limit], [2, false, 3]);
  const drawn = strokes(there, {});
  equal(drawn.find(([, a]) => a.class.startsWith("b-bar"))[1].d, `M${at(0, 104)} 9H${at(2, 104)}`);
  equal(strokes(beaconOf(incident(), now(60), TARGETS)).some(([, a]) => a.class === "b-bar b-hot"), true);
});

test("numbers are short in the queue and dated where they stand alone", () => {
  equal([shortNumber("SQC-261124-0087"), dayNumber("SQC-261124-0087"), shortNumber("SQC-261124-10023")], ["87", "1124-0087", "10023"]);
});

test("a free unit whose position is old is shown as such, a busy one keeps its state", () => {
  const unit = { state: "available", position_at: later(0), state_since: later(0) };
  equal(unitFace(unit, now(119), TARGETS).symbol, "available");
  equal(unitFace(unit, now(121), TARGETS).symbol, "stale");
  equal(unitFace({ ...unit, state: "committed", status: "en_route" }, now(500), TARGETS).symbol, "enroute");
});

test("steps may be skipped forward, never backward", () => {
  equal([canStep("ordered", "on_scene"), canStep("on_scene", "en_route"), canStep("en_route", "en_route")], [true, false, false]);
});

test("while a hand is there rows stay, new ones come last in their part, gone ones go", () => {
  const shown = { need: ["a", "b"], hand: ["c"] };
  equal(held(shown, { need: ["b"], hand: ["a", "c"] }), { need: ["a", "b"], hand: ["c"] });
  equal(held(shown, { need: ["n", "a", "b"], hand: [] }), { need: ["a", "b", "n"], hand: [] });
  equal(same({ need: ["a"] }, { need: ["a"] }), true);
  equal(same({ need: ["a", "b"] }, { need: ["b", "a"] }), false);
});

test("two seconds after the last key or pointer move it is quiet again", () => {
  const target = new EventTarget();
  let time = 10_000;
  const hands = watchHands(target, () => time);
  equal(hands.isQuiet(), true);
  target.dispatchEvent(new Event("pointermove"));
  equal(hands.isQuiet(), false);
  time += QUIET_MS;
  equal(hands.isQuiet(), true);
});

test("letters of a segmented row differ from each other and are the same in both languages", () => {
  const keys = letters([{ code: "fire", en: "Fire" }, { code: "false_alarm", en: "False alarm" }, { code: "fight", en: "Fight" }]);
  equal(keys, ["F", "A", "I"]);
});

test("a clock in the queue says days once there are some", () => {
  const hours = (n) => n * 3_600_000;
  equal([waited(41_000, true), waited(hours(10) - 1000, true), waited(hours(24) - 1000, false)], ["00:41", "9:59:59", "23:59:59"]);
  equal([waited(hours(30), true), waited(hours(30), false), waited(hours(24 * 12), true), waited(hours(24 * 12), false)], ["1 d 6 h", "1天6时", "12 d", "12天"]);
});

test("clocks and durations are written as the sheet says", () => {
  equal([running(41_000), running(3_733_000), running(-5)], ["00:41", "1:02:13", "00:00"]);
  equal([duration(134_000, false), duration(134_000, true), duration(45_000, false), duration(3_720_000, false)], ["2分14秒", "2 min 14 s", "45秒", "1小时02分"]);
  equal([distance(638), distance(1634), distance(949)], ["640 m", "1.6 km", "950 m"]);
});
