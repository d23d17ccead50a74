"""The Django app of the look."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """Templates, static sources and template tags. No tables."""

    name = "xueshi.web.look"
    label = "look"
