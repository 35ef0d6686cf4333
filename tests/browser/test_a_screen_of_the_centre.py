"""Is the whole screen there: the old centre, houses and all, in a large window? `fengsui bench screen` times it."""

import pytest
from room import Room

from fengsui.bench.screen import DRAW, LEARN, SIZE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("zoom", [14, 15, 16])
def test_a_screen_of_the_centre_is_drawn_with_its_buildings_and_names(room: Room, zoom: int) -> None:
    desk = room.desk()
    scene = dict(desk.evaluate(LEARN)) | {"zoom": zoom}
    desk.context.close()
    page = room.page("/sign-in", role=None, size=SIZE, is_ready=False)  # a browser that has seen nothing
    drawn = page.evaluate(DRAW, scene)
    assert drawn["buildings"] >= 1
    assert drawn["names"] > 10
