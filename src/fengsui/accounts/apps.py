from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "fengsui.accounts"
    label = "accounts"
