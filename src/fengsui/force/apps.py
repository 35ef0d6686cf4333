from django.apps import AppConfig


class ForceConfig(AppConfig):
    name = "fengsui.force"
    label = "force"
