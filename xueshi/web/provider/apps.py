from django.apps import AppConfig


class ProviderConfig(AppConfig):
    name = "xueshi.web.provider"
    label = "web_provider"
