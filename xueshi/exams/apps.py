from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "xueshi.exams"
    label = "exams"
