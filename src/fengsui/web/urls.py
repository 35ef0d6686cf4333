"""Every address of the platform."""

from django.urls import include, path

from fengsui.web import pages
from fengsui.web.api import api
from fengsui.web.health import healthz

urlpatterns = [
    path("", pages.home),
    path("sign-in", pages.sign_in_page),
    path("sign-in/one-click", pages.one_click_sign_in),
    path("sign-out", pages.sign_out_page),
    path("language", pages.choose_language),
    path("theme", pages.choose_theme),
    path("desk", pages.desk),
    path("crew", pages.crew),
    path("incidents", pages.incident_list),
    path("incidents/<uuid:incident_id>", pages.incident_page),
    path("demo/speed", pages.demo_speed),
    path("map/ground", pages.map_ground),
    path("healthz", healthz),
    path("api/v1/", api.urls),
    path("", include("fengsui.places.urls")),
]

handler404 = "fengsui.web.errors.not_found"
handler500 = "fengsui.web.errors.broke"
