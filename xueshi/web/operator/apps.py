from django.apps import AppConfig


class OperatorConfig(AppConfig):
    name = "xueshi.web.operator"
    label = "web_operator"
