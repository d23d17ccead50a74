from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "xueshi.kernel"
    label = "kernel"

    def ready(self) -> None:
        from xueshi.kernel import messages  # noqa: F401  its job must be known to the worker
