"""The record alone: a proof that it needs none of the apps above it."""

from fengsui.settings import *  # noqa: F403

globals().update(
    INSTALLED_APPS=["fengsui.base", "fengsui.journal"],
    AUTH_USER_MODEL="auth.User",
    ROOT_URLCONF=None,
    MIDDLEWARE=[],
    TEMPLATES=[],
    CSRF_FAILURE_VIEW="django.views.csrf.csrf_failure",
)
