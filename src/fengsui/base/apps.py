from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "fengsui.base"
    label = "base"
