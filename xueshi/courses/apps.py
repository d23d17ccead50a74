from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "xueshi.courses"
    label = "courses"
