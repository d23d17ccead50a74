from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "xueshi.payments"
    label = "payments"
