from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "fengsui.places"
    label = "places"
