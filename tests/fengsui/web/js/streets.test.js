import { makeWay } from "/static/crew/way.js";
import { closingOf } from "/static/desk/streets/closing.js";
import { clockAhead, endsOf, inForce, middleOf, reasonOf, streetsOf, untilOf } from "/static/desk/streets/facts.js";
import { snapshot } from "/static/live/city.js";
import { makeWords } from "/static/look/words.js";
import { closureFeatures } from "/static/map/closures.js";
import { makeBus } from "/static/shell/context.js";
import { equal, test } from "./check.js";

const words = (lang = "zh", timezone = "Asia/Shanghai") => makeWords({ lang, centre: { timezone }, words: {} });
const MORNING = Date.parse("2026-11-24T01:15:20.000Z"); // 09:15:20 in Shanghai

test("a time of day is the next one on the centre's clock, however it was typed", () => {
  const { hour } = words();
  for (const typed of ["9:30", "0930", "09：30", " 9.30 "]) equal(new Date(clockAhead(typed, MORNING, hour)).toISOString(), "2026-11-24T01:30:00.000Z", typed);
  equal(new Date(clockAhead("9:00", MORNING, hour)).toISOString(), "2026-11-25T01:00:00.000Z", "what has passed today is tomorrow");
  equal(new Date(clockAhead("9:15", MORNING, hour)).toISOString(), "2026-11-25T01:15:00.000Z", "this minute has begun already");
  equal(["25:00", "9:60", "soon", "", "9", "123456"].map((typed) => clockAhead(typed, MORNING, hour)), [null, null, null, null, null, null]);
});

test("a time of day is ahead, and what the clock then shows, also where clocks are put forward and back", () => {
  const { hour } = words("en", "Europe/Berlin");
  for (const night of ["2026-03-28T20:10:00.000Z", "2026-10-24T20:10:00.000Z"]) {
    for (const typed of ["0:10", "1:30", "4:00", "12:00", "21:10"]) {
      const now = Date.parse(night);
      const at = clockAhead(typed, now, hour);
      equal([hour(at), at > now], [typed.padStart(5, "0"), true], `${night} ${typed}`);
    }
  }
});

test("until when is a time of day, with its day where that is another", () => {
  equal(untilOf("2026-11-24T06:30:00.000Z", MORNING, words()), "14:30");
  equal(untilOf("2026-11-25T06:30:00.000Z", MORNING, words("en")), "Wed 25 Nov 14:30");
});

test("streets are named once each, in the reader's language, and those beyond three are counted", () => {
  const east = { zh: "东街", en: "East Street" };
  equal(streetsOf([east, { zh: "", en: "" }, east, { zh: "南街", en: "South Street" }], words()), "东街、南街");
  equal(streetsOf(["a", "b", "c", "d", "e"].map((name) => ({ zh: name, en: name })), words("en")), "a, b, c +2");
  equal(streetsOf(null, words()), "");
});

test("an offered reason is read in the reader's language, another as it was written", () => {
  const offered = [{ code: "works", zh: "施工", en: "Road works" }];
  equal([reasonOf("施工", offered, words("en")), reasonOf("马拉松", offered, words("en")), reasonOf(null, offered, words())], ["Road works", "马拉松", ""]);
});

test("a closure is found again from its first and last stretch, not from the junctions at their ends", () => {
  equal(endsOf({ type: "LineString", coordinates: [[1, 1], [4, 4], [7, 1]] }), [[2, 2], [6, 2]]);
  equal(endsOf({ type: "LineString", coordinates: [[1, 1], [4, 4]] }), [[2, 2], [3, 3]]);
  equal(endsOf({ type: "MultiLineString", coordinates: [[[1, 1], [4, 4]], [[4, 4], [7, 7]]] }), [[2, 2], [6, 6]]);
  equal([endsOf(null), endsOf({ type: "LineString", coordinates: [] }), middleOf(null)], [null, null, null]);
  equal(middleOf({ type: "LineString", coordinates: [[1, 1], [2, 2], [3, 1]] }), [2, 2]);
});

const row = (id, more = {}) => ({ id, version: 1, state: "closed", attached: true, one_way: false, metres: 10, closed_at: "2026-11-24T01:00:00.000Z", geometry: { type: "LineString", coordinates: [[1, 1], [2, 2]] }, ...more });

test("those that are not whole stand first, then the newest; a lifted one is gone", () => {
  const city = snapshot({ last: 1, incidents: [], units: [], closures: [row("old"), row("new", { closed_at: "2026-11-24T02:00:00.000Z" }), row("gone", { state: "lifted" }), row("lost", { attached: false, closed_at: "2026-11-23T01:00:00.000Z" })] });
  equal(inForce(city).map((one) => one.id), ["lost", "new", "old"]);
});

test("what the map is told: one feature a closure, whether it holds, which way, and whether it is looked at", () => {
  const { features } = closureFeatures([row("a", { one_way: true }), row("b", { attached: false }), row("c", { geometry: null })], "b");
  equal(features.map((one) => one.properties), [{ id: "a", attached: 1, oneWay: 1, chosen: 0 }, { id: "b", attached: 0, oneWay: 0, chosen: 1 }]);
});

// A desk without a screen; `answers` are what the server says, one after another, each when it is let go.
function seat() {
  const asked = [];
  const closures = new Map();
  const bus = makeBus();
  const answer = (kind) => (path, body, { signal } = {}) => new Promise((done, fail) => asked.push({ kind, path, body, signal, done, fail }));
  const live = { city: () => ({ closures, incidents: new Map(), units: new Map() }), learn: ({ closures: rows }) => rows.forEach((one) => closures.set(one.id, one)), onChange: () => () => undefined, status: () => ({ heardAt: 0 }), onEntry: () => undefined };
  const clock = { now: () => clock.at, every: () => undefined, at: 0 };
  const context = { bus, clock, page: {}, live: () => live, t: (key) => key, words: words(), announce: () => undefined, api: { post: answer("post"), remove: (path) => answer("remove")(path) } };
  return { asked, closing: closingOf(context), clock, closures };
}
const settled = () => new Promise((done) => setTimeout(done, 5));
const A = { lon: 1, lat: 1, name: "" };
const B = { lon: 2, lat: 2, name: "" };
const C = { lon: 3, lat: 3, name: "" };
const PATH = { metres: 100, edges: 2, already: 0, streets: [], geometry: { type: "LineString", coordinates: [[1, 1], [2, 2]] } };

test("the first click is the start, the second the end, another one moves the end; the path is asked for each", async () => {
  const { asked, closing } = seat();
  for (const place of [A, B, C]) closing.click(place);
  equal(asked.map(({ path, body }) => [path, body.from, body.to]), [["closures/path", [1, 1], [2, 2]], ["closures/path", [1, 1], [3, 3]]]);
  equal(asked[0].signal.aborted, true);
  asked[1].done(PATH);
  asked[0].done({ ...PATH, metres: 1 }); // comes late, and is about another end
  await settled();
  equal([closing.draft().path.metres, closing.draft().end.lon], [100, 3]);
});

test("nothing is closed before its path is on the screen, nor while the end is still the pointer's", async () => {
  const { asked, closing } = seat();
  closing.click(A);
  equal(await closing.close({}), null);
  closing.click(B);
  equal(await closing.close({}), null, "the path is not there yet");
  asked[0].done(PATH);
  await settled();
  closing.back();
  closing.point(B);
  await new Promise((done) => setTimeout(done, 200));
  asked[1].done(PATH);
  await settled();
  equal([closing.draft().path != null, await closing.close({})], [true, null], "the pointer rests there, nobody has clicked");
  equal(asked.filter(({ path }) => path === "closures").length, 0);
});

test("what the pointer showed is not asked again when it is clicked", async () => {
  const { asked, closing } = seat();
  closing.click(A);
  closing.point(B);
  await new Promise((done) => setTimeout(done, 200));
  asked[0].done(PATH);
  await settled();
  closing.click(B);
  equal([asked.length, closing.draft().path.metres, closing.draft().isSet], [1, 100, true]);
});

test("one way or both: the path is asked anew, because it may be another", async () => {
  const { asked, closing } = seat();
  closing.click(A);
  closing.click(B);
  closing.setOneWay(true);
  equal(asked.map(({ body }) => body.one_way), [false, true]);
});

test("a refused path is told, and going back takes first the end, then the start, then nothing", async () => {
  const { asked, closing } = seat();
  closing.click(A);
  closing.click(B);
  asked[0].fail({ code: "no_path", sentence: "…" });
  await settled();
  equal([closing.draft().fault.code, closing.draft().path], ["no_path", null]);
  equal(closing.back(), true);
  equal([closing.draft().start, closing.draft().end, closing.draft().fault], [A, null, null]);
  equal([closing.back(), closing.draft().start, closing.back()], [true, null, false]);
});

test("what was closed can be undone for some seconds, once", async () => {
  const { asked, closing, clock, closures } = seat();
  closing.click(A);
  closing.click(B);
  asked[0].done(PATH);
  await settled();
  const closed = closing.close({ until: "2026-11-24T02:00:00.000Z", reason: "积水" });
  await settled();
  equal([asked[1].path, asked[1].body], ["closures", { from: [1, 1], to: [2, 2], one_way: false, until: "2026-11-24T02:00:00.000Z", reason: "积水" }]);
  asked[1].done(row("x"));
  await closed;
  equal([closing.undoable()?.id, closing.draft().start], ["x", null]);
  clock.at = 60_000;
  equal(closing.undoable(), null, "too late");
  clock.at = 0;
  closing.undo();
  await settled();
  equal([asked[2].kind, asked[2].path, closing.undoable()], ["remove", "closures/x", null]);
  closures.set("x", row("x", { state: "lifted", version: 2 }));
});

test("one that lost its streets begins on its old ends, and goes when the new one stands", async () => {
  const { asked, closing } = seat();
  closing.begin(row("lost", { attached: false, one_way: true }));
  equal([asked[0].body, closing.draft().isSet], [{ from: [1.3333333, 1.3333333], to: [1.6666667, 1.6666667], one_way: true }, true]);
  asked[0].done(PATH);
  await settled();
  const closed = closing.close({});
  await settled();
  asked[1].done(row("new"));
  await settled();
  equal([asked[2].kind, asked[2].path], ["remove", "closures/lost"]);
  asked[2].done(row("lost", { state: "lifted", version: 2 }));
  equal((await closed).id, "new");
});

test("a crew's way is asked again when a street is closed, and the old one's rest does not count as driven", async () => {
  const asked = [];
  const api = { get: () => new Promise((done, fail) => asked.push({ done, fail })) };
  const way = makeWay({ api, clock: { now: () => 0 }, onChange: () => undefined });
  const order = { assignment: { id: "a", status: "en_route" }, incident: { id: "i", lon: 2, lat: 2 } };
  const unit = { callsign: "SQ01", lon: 1, lat: 1 };
  const line = (n) => ({ seconds: n, metres: n, geometry: { coordinates: [[1, 1], [n, n]] } });
  way.follow(order, unit);
  way.again(); // while the question is on its way: its answer knows nothing of it
  asked[0].done(line(2));
  await settled();
  way.follow(order, unit);
  asked[1].done(line(3));
  await settled();
  way.follow(order, unit);
  equal([asked.length, way.way().line, way.way().first], [2, [[1, 1], [3, 3]], [[1, 1], [3, 3]]]);
  way.again();
  way.follow(order, unit);
  asked[2].fail({ status: 409 });
  await settled();
  equal(way.way(), null, "no way left: none is drawn");
});
