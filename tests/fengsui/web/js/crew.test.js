import { endedByOthers, ownOrder, ownState, withActs } from "/static/crew/order.js";
import { isForLater, makeOutbox } from "/static/crew/outbox.js";
import { towers } from "/static/signin/ground.js";
import { equal, test } from "./check.js";

// A phone's store, and a server that the test answers for.
function phone(answers = [], kept = {}) {
  const store = { getItem: (name) => kept[name] ?? null, setItem: (name, value) => (kept[name] = value) };
  const sent = [];
  const refused = [];
  const timers = [];
  let n = 0;
  const make = () => makeOutbox({
    store, name: "acts", now: () => 0, uuid: () => `k${(n += 1)}`, later: (run) => timers.push(run),
    send: async (act) => {
      sent.push(act.key);
      const answer = answers.shift();
      if (answer) throw answer;
    },
    onRefused: (act, why) => refused.push([act.key, why.code]),
  });
  return { kept, sent, refused, timers, make };
}
const settled = () => new Promise((done) => setTimeout(done, 5));
const away = { status: 0, code: "not_reached" };

test("an act that cannot be sent waits, and goes out again under the same key", async () => {
  const { sent, timers, make } = phone([away, away]);
  const outbox = make();
  outbox.add({ assignment: "a", status: "accepted" });
  await settled();
  equal(outbox.waiting().length, 1);
  await timers.shift()();
  await timers.shift()();
  equal(sent, ["k1", "k1", "k1"]);
  equal(outbox.waiting(), []);
});

test("acts go out in the order they were pressed, none before the one ahead of it", async () => {
  const { sent, make } = phone([away]);
  const outbox = make();
  outbox.add({ assignment: "a", status: "accepted" });
  outbox.add({ assignment: "a", status: "en_route" });
  await settled();
  equal(sent, ["k1"]);
  await outbox.flush();
  equal(sent, ["k1", "k1", "k2"]);
});

test("a reload loses no act: another page finds it in the phone's store and sends it", async () => {
  const before = phone([away]);
  before.make().add({ assignment: "a", status: "on_scene", at: "2026-11-24T03:15:01.000Z" });
  await settled();
  const after = phone([], before.kept);
  const outbox = after.make();
  equal(outbox.waiting(), [{ assignment: "a", status: "on_scene", at: "2026-11-24T03:15:01.000Z", key: "k1" }]);
  await outbox.flush();
  equal([after.sent, outbox.waiting()], [["k1"], []]);
});

test("an act that the server will never take is told and put away; the next one follows", async () => {
  const { sent, refused, make } = phone([{ status: 409, code: "assignment_has_moved_on" }]);
  const outbox = make();
  outbox.add({ assignment: "a", status: "accepted" });
  outbox.add({ assignment: "b", status: "accepted" });
  await settled();
  equal([refused, sent, outbox.waiting()], [[["k1", "assignment_has_moved_on"]], ["k1", "k2"], []]);
});

test("signed out, too busy and out of order are no answers to an act", () => {
  equal([401, 429, 500, 503, 0].map((status) => isForLater({ status })), [true, true, true, true, true]);
  equal([404, 409, 422].map((status) => isForLater({ status })), [false, false, false]);
});

test("a store that holds nonsense is an empty one", () => {
  equal(phone([], { acts: "{" }).make().waiting(), []);
});

const row = (status, more = {}) => ({ id: "a", unit: "SQ01", status, ...more });
const incident = (state, ...assignments) => ({ id: "i", state, assignments });

test("what was pressed counts before the server has said it, and never backward", () => {
  const acts = [{ assignment: "a", status: "accepted", at: "t1" }, { assignment: "a", status: "en_route", at: "t2" }];
  const { status, en_route_at: left, unsent } = withActs(row("ordered"), acts);
  equal([status, left, unsent], ["en_route", "t2", ["accepted", "en_route"]]);
  equal(withActs(row("on_scene"), acts), row("on_scene"));
});

test("an order is the crew's own and only while it is active", () => {
  const rows = [incident("assigned", row("ordered", { unit: "SQ07", id: "b" })), incident("assigned", row("ordered"))];
  equal(ownOrder(rows, "SQ01", []).assignment.id, "a");
  equal(ownOrder(rows, "SQ01", [{ assignment: "a", status: "cleared", at: "t" }]), null);
  equal(ownOrder([incident("waiting", row("recalled"))], "SQ01", []), null);
});

test("an order that others end says how: recalled, cancelled, closed, cleared", () => {
  const left = { assignment: "a", incident: "i" };
  const how = (state, status) => endedByOthers(left, [incident(state, row(status))]);
  equal([how("waiting", "recalled"), how("cancelled", "recalled"), how("closed", "cleared"), how("on_scene", "cleared"), how("assigned", "en_route")], ["recalled", "cancelled", "closed", "cleared", null]);
  equal(endedByOthers(left, []), null);
});

test("a unit stands as it was last asked to, until the server says otherwise", () => {
  equal(ownState({ state: "available" }, [{ state: "off_duty" }, { assignment: "a", status: "accepted" }]), "off_duty");
  equal(ownState({ state: "committed" }, []), "committed");
});

test("every tower is joined to the others, with one line fewer than towers", () => {
  const stations = Array.from({ length: 50 }, (_, n) => ({ lon: (n * 37) % 11, lat: (n * 17) % 7 }));
  const { places, links } = towers(stations, [5, 3]);
  equal([places.length, links.length], [36, 35]);
  equal(towers([], [5, 3]).links, []);
});
