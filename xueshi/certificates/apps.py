from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "xueshi.certificates"
    label = "certificates"

    def ready(self) -> None:
        from xueshi.certificates import jobs  # noqa: F401  its jobs must be known to the worker
