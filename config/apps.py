from django.apps import AppConfig


class HouseConfig(AppConfig):
    """The machine's side of the house: its system checks."""

    name = "config"
    label = "house"

    def ready(self) -> None:
        from allauth.usersessions import signals
        from django.contrib.auth.signals import user_logged_in

        from config import checks  # noqa: F401  registered by being read

        # `people.session_actions` notes a session with its audit line; a signal would do it a second time.
        user_logged_in.disconnect(signals.on_user_logged_in)
