from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "xueshi.web.public"
    label = "web_public"
