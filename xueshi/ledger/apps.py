from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "xueshi.ledger"
    label = "ledger"

    def ready(self) -> None:
        from xueshi.ledger import jobs  # noqa: F401  its jobs must be known to the worker
