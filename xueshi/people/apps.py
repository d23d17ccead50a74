from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xueshi.people"
    label = "people"
