from django.apps import AppConfig


class StudyConfig(AppConfig):
    name = "xueshi.study"
    label = "study"

    def ready(self) -> None:
        from xueshi.study import jobs  # noqa: F401  its job must be known to the worker
