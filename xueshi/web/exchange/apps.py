from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "xueshi.web.exchange"
    label = "web_exchange"
