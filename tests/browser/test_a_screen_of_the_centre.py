"""How long until the whole screen is there? The old centre, houses and all, in a large window."""

import os
from typing import Any

import pytest
from room import Room

LARGE = {"width": 1920, "height": 1080}
GOAL_MS = 1_500
TRIES = 5  # other work on the machine makes a picture slower, never faster

# The server's own map library and style, alone on a page without a map: how long until nothing is missing.
DRAW = """async ({ style_url, tiles, center, zoom }) => {
  const { style, FONT } = await import(style_url);
  const maplibre = await import(new URL("../vendor/maplibre/maplibre-gl.mjs", style_url));
  const container = document.createElement("div");
  container.style.cssText = "position: fixed; inset: 0";
  document.body.replaceChildren(container);
  const start = performance.now();
  const map = new maplibre.Map({
    container, style: style({ tiles }), center, zoom, attributionControl: false, fadeDuration: 0,
    localIdeographFontFamily: FONT, renderWorldCopies: false, pixelRatio: 1,
  });
  await new Promise((done) => map.once("idle", done));
  const milliseconds = performance.now() - start;
  const count = (...layers) => map.queryRenderedFeatures({ layers }).length;
  return { milliseconds, buildings: count("building"), names: count("name-minor", "name-major") };
}"""
LEARN = """() => {
  const { tiles, centre_at } = JSON.parse(document.querySelector("#page").textContent);
  const urls = performance.getEntriesByType("resource").map((entry) => entry.name);
  return { style_url: urls.find((url) => url.includes("/map/style")), tiles, center: centre_at };
}"""


@pytest.fixture
def centre(room: Room) -> dict[str, Any]:
    """Where the city's centre is, and where its tiles and their style are."""
    desk = room.desk()
    found = dict(desk.evaluate(LEARN))
    desk.context.close()
    return found


@pytest.mark.parametrize("zoom", [14, 15, 16])
def test_a_screen_of_the_centre_is_complete_in_a_second_and_a_half(
    room: Room, centre: dict[str, Any], zoom: int
) -> None:
    # beside other work a picture takes longer by as much as the machine is shared
    shared = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    times: list[int] = []
    while len(times) < TRIES and min(times, default=GOAL_MS + 1) > GOAL_MS:
        page = room.page("/sign-in", role=None, size=LARGE, is_ready=False)  # a browser that has seen nothing
        drawn = page.evaluate(DRAW, {**centre, "zoom": zoom})
        page.context.close()
        assert drawn["buildings"] >= 1
        assert drawn["names"] > 10
        times.append(round(drawn["milliseconds"]))
    print(f"zoom {zoom}: {times} ms, machine shared {shared:.1f} times")
    assert min(times) <= GOAL_MS * shared, times
