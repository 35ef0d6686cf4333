from django.apps import AppConfig


class ClosuresConfig(AppConfig):
    name = "fengsui.places.closures"
    label = "closures"
