from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "fengsui.incidents"
    label = "incidents"
