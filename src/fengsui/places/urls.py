"""The addresses of map and search."""

from django.urls import path

from fengsui.places import views

app_name = "places"

urlpatterns = [
    path("map/<str:digest>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
    path("places/search", views.search, name="search"),
]
