from django.apps import AppConfig


class StudyConfig(AppConfig):
    name = "xueshi.study"
    label = "study"
