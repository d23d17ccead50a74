from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "xueshi.certificates"
    label = "certificates"
