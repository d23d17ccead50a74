from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "xueshi.training"
    label = "training"

    def ready(self) -> None:
        from xueshi.training import jobs  # noqa: F401  its jobs must be known to the worker
