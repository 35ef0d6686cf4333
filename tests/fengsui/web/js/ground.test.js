import { followGround } from "/static/map/ground.js";
import { makeBus } from "/static/shell/context.js";
import { equal, test } from "./check.js";

/** A page on the tiles of yesterday, its stream, and a server that serves those of `served`. */
function scene(served) {
  const heard = { entry: null, change: null };
  const bus = makeBus();
  const told = [];
  bus.on("ground", () => told.push(page.tiles));
  const page = { tiles: "/map/old/{z}/{x}/{y}.mvt", bounds: [0, 0, 1, 1] };
  const asked = [];
  const api = { get: async (path) => (asked.push(path), served()) };
  const live = () => ({ onEntry: (listener) => (heard.entry = listener), onChange: (listener) => (heard.change = listener) });
  followGround({ page, api, bus, live });
  return { page, told, asked, heard };
}
const settled = () => new Promise((done) => setTimeout(done));

test("a page takes the new tiles when the journal says that roads came into service", async () => {
  const { page, told, heard } = scene(() => ({ tiles: "/map/new/{z}/{x}/{y}.mvt", bounds: [0, 0, 2, 2] }));
  heard.entry({ what: "roads.in_service" });
  await settled();
  equal(told, ["/map/new/{z}/{x}/{y}.mvt"]);
  equal(page.bounds, [0, 0, 2, 2]);
});

test("other entries ask for nothing; a new board asks, and the same tiles draw nothing again", async () => {
  const { told, asked, heard } = scene(() => ({ tiles: "/map/old/{z}/{x}/{y}.mvt" }));
  heard.entry({ what: "closure.made" });
  heard.change(null, { all: false });
  equal(asked, []);
  heard.change(null, { all: true });
  await settled();
  equal([asked, told], [["/map/ground"], []]);
});

test("a server that cannot be reached leaves the page as it is", async () => {
  const { page, told, heard } = scene(() => Promise.reject(new Error("away")));
  heard.entry({ what: "roads.in_service" });
  await settled();
  equal([page.tiles, told], ["/map/old/{z}/{x}/{y}.mvt", []]);
});
