from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "xueshi.drafts"
    label = "drafts"

    def ready(self) -> None:
        from xueshi.drafts import jobs  # noqa: F401  its jobs must be known to the worker
