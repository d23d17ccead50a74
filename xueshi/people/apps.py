from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xueshi.people"
    label = "people"

    def ready(self) -> None:
        from xueshi.people import jobs  # noqa: F401  its job must be known to the worker
