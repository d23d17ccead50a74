from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "xueshi.kernel"
    label = "kernel"

    def ready(self) -> None:
        from xueshi.kernel import messages, redaction  # noqa: F401  the job must be known to the worker

        redaction.everywhere()
