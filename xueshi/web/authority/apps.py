from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    name = "xueshi.web.authority"
    label = "web_authority"
