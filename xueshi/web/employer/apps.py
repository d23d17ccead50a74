from django.apps import AppConfig


class EmployerConfig(AppConfig):
    name = "xueshi.web.employer"
    label = "web_employer"
