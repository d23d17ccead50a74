from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "xueshi.ledger"
    label = "ledger"
