from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "xueshi.exams"
    label = "exams"

    def ready(self) -> None:
        from xueshi.exams import jobs  # noqa: F401  its job must be known to the worker
