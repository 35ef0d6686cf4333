"""How long until a whole screen of the city's centre is there, in a browser that has seen nothing?

A quiet city in a server of its own; Chromium without a graphics card, 1920 × 1080, the old centre with its houses at
three zooms, each time in a new browser context, on a page that draws no other map. What is timed is from making the
map to its rest: nothing is missing any more. The first look at each zoom is told apart: then the server has no tile in
memory either. The peer is the same map library with an empty style: what the browser takes to draw nothing.
"""

import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fengsui.bench.inputs import Progress, insist_on
from fengsui.bench.own_server import quiet_city
from fengsui.bench.report import Report, Row
from fengsui_engine.refusal import Refusal, say

SIZE = {"width": 1920, "height": 1080}
NARROW = {"width": 800, "height": 1080}
"""Here the page for signing in leaves out its own map, which would be drawn at the same time."""
ZOOMS = (14, 15, 16)
N_TRIES = 7
GOAL_MS = 1_500
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser that draws maps without a graphics card, and asks nobody outside."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# The server's own map library and style, alone on a page without a map: how long until nothing is missing.
DRAW = """async ({ style_url, tiles, center, zoom }) => {
  const { style, FONT } = await import(style_url);
  const maplibre = await import(new URL("../vendor/maplibre/maplibre-gl.mjs", style_url));
  const container = document.createElement("div");
  container.style.cssText = "position: fixed; inset: 0";
  document.body.replaceChildren(container);
  const nothing = { version: 8, sources: {}, layers: [{ id: "ground", type: "background" }] };
  const start = performance.now();
  const map = new maplibre.Map({
    container, style: tiles ? style({ tiles }) : nothing, center, zoom, attributionControl: false, fadeDuration: 0,
    localIdeographFontFamily: FONT, renderWorldCopies: false, pixelRatio: 1,
  });
  await new Promise((done) => map.once("idle", done));
  const milliseconds = performance.now() - start;
  const count = (...layers) => (tiles ? map.queryRenderedFeatures({ layers }).length : 0);
  return { milliseconds, buildings: count("building"), names: count("name-minor", "name-major") };
}"""
LEARN = """() => {
  const { tiles, centre_at } = JSON.parse(document.querySelector("#page").textContent);
  const urls = performance.getEntriesByType("resource").map((entry) => entry.name);
  return { style_url: urls.find((url) => url.includes("/map/style")), tiles, center: centre_at };
}"""


class BrowserMissing(Refusal):
    """There is no Chromium on this machine."""

    sentence = say("There is no Chromium here. On Debian: apt install chromium fonts-noto-cjk")


def measure(inputs: Path | None, progress: Progress) -> Report:
    """Make the city, look at it. `inputs` is not needed.

    Raises:
        PeerMissing, BrowserMissing.
    """
    insist_on("playwright")
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise BrowserMissing
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        progress(say("making a quiet city"))
        with quiet_city(Path(folder) / "data") as desk:
            browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
            looks = _Looks(browser, desk.url)
            drawn = {zoom: [looks.at(zoom) for _ in range(1 + N_TRIES)] for zoom in ZOOMS}
            empty = [looks.at(ZOOMS[0], is_empty=True) for _ in range(N_TRIES)]
            told_version = browser.version
            browser.close()
            return _report(drawn, empty, desk.peak_mb(), told_version)


class _Looks:
    """One browser, a new context for each look."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser, self.url = browser, url

    def at(self, zoom: int, *, is_empty: bool = False) -> dict[str, Any]:
        context = self.browser.new_context(viewport=SIZE, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.wait_for_load_state("networkidle")
        scene = page.evaluate(LEARN) | ({"tiles": None} if is_empty else {}) | {"zoom": zoom}
        context.close()
        context = self.browser.new_context(viewport=NARROW, locale="zh-CN")  # one that has seen nothing
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.wait_for_load_state("networkidle")
        page.set_viewport_size(SIZE)
        told: dict[str, Any] = page.evaluate(DRAW, scene)
        context.close()
        return told


def _report(
    drawn: dict[int, list[dict[str, Any]]], empty: list[dict[str, Any]], peak_mb: float, browser: str
) -> Report:
    rows = [_row("fengsui", version("fengsui"), f"zoom {zoom}", looks[1:], peak_mb) for zoom, looks in drawn.items()]
    rows.append(_row("an empty map", browser, f"zoom {ZOOMS[0]}", empty, 0.0))
    first = {f"zoom {zoom}": round(looks[0]["milliseconds"]) for zoom, looks in drawn.items()}
    facts = {"first_look_ms": first, "goal_ms": GOAL_MS, "met": all(row.p50_ms <= GOAL_MS for row in rows[:-1])}
    remarks = [
        f"{row.draw}: {row.p50_ms:.0f} ms, the first look {first[row.draw]} (goal {GOAL_MS})" for row in rows[:-1]
    ]
    return Report("screen", {"size": SIZE, "zooms": ZOOMS, "tries": N_TRIES, "browser": browser}, rows, facts, remarks)


def _row(engine: str, told_version: str, draw: str, looks: list[dict[str, Any]], peak_mb: float) -> Row:
    milliseconds = [look["milliseconds"] for look in looks]
    is_whole = all(look["buildings"] >= 1 and look["names"] > 10 for look in looks)
    return Row(
        engine=engine,
        version=told_version,
        draw=draw,
        p50_ms=round(float(np.median(milliseconds)), 1),
        p99_ms=round(float(np.max(milliseconds)), 1),
        peak_mb=round(peak_mb, 1),
        exact=is_whole or engine != "fengsui",
    )
