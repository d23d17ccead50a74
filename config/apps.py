from django.apps import AppConfig


class HouseConfig(AppConfig):
    """The machine's side of the house: its system checks."""

    name = "config"
    label = "house"

    def ready(self) -> None:
        from config import checks  # noqa: F401  registered by being read
