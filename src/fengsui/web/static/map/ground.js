// Which roads and tiles does the server serve now? A new extract comes into service while pages are open.

/** A crew's stream does not tell it of new roads, so it looks now and then. */
const LOOK_EVERY_MS = 60_000;

/** Keep the page's map on the tiles that are served: "ground" on the bus says that they are others now. */
export function followGround({ page, api, bus, live }) {
  async function look() {
    const served = await api.get("/map/ground").catch(() => null); // away: the next look finds it
    if (!served || served.tiles === page.tiles) return;
    Object.assign(page, served);
    bus.emit("ground");
  }
  live().onEntry((entry) => entry.what === "roads.in_service" && look());
  live().onChange((_city, what) => what.all && look());
  setInterval(look, LOOK_EVERY_MS);
}
