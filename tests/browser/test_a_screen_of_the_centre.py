"""Is the whole screen there: the old centre, houses and all, in a large window? `fengsui bench screen` times it."""

import pytest
from room import Room

from fengsui.bench.screen import DRAW, LEARN, NARROW, SIZE

pytestmark = pytest.mark.browser

# What the map library makes of the style at this zoom.
_SMOOTHED = """async ({ style_url, tiles, center, zoom }) => {
  const { style } = await import(style_url);
  const { Map } = await import(new URL("../vendor/maplibre/maplibre-gl.mjs", style_url));
  const container = document.createElement("div");
  container.style.cssText = "position: fixed; inset: 0";
  document.body.append(container);
  const map = new Map({ container, style: style({ tiles }), center, zoom });
  await new Promise((done) => map.once("idle", done));
  return map.style.getLayer("building").paint.get("fill-antialias");
}"""


@pytest.mark.parametrize("zoom", [14, 15, 16])
def test_a_screen_of_the_centre_is_drawn_with_its_buildings_and_names(room: Room, zoom: int) -> None:
    desk = room.desk()
    scene = dict(desk.evaluate(LEARN)) | {"zoom": zoom}
    desk.context.close()
    page = room.page("/sign-in", role=None, size=NARROW, is_ready=False)  # a browser that has seen nothing
    page.wait_for_load_state("networkidle")
    assert not page.locator("canvas").count(), "another map would be drawn at the same time"
    page.set_viewport_size(SIZE)
    drawn = page.evaluate(DRAW, scene)
    assert drawn["buildings"] >= 1
    assert drawn["names"] > 10


@pytest.mark.parametrize(("zoom", "has_edges"), [(14, False), (15, True)])
def test_only_near_houses_have_smoothed_edges(room: Room, zoom: int, has_edges: bool) -> None:
    desk = room.desk()
    scene = dict(desk.evaluate(LEARN)) | {"zoom": zoom}
    assert desk.evaluate(_SMOOTHED, scene) is has_edges
