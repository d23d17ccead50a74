"""System checks: a wrong setting stops the start, in words."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def production_is_not_a_demo(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production the keys, the address and the peers are the city's own."""
    if settings.ENV != "production":
        return []
    problems: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.DEVELOPMENT_KEY or len(settings.SECRET_KEY) < 50:
        problems.append(Error("XUESHI_SECRET_KEY is the development key or shorter than 50.", id="xueshi.E001"))
    if not settings.SITE_URL.startswith("https://"):
        problems.append(Error("XUESHI_SITE_URL must begin with https://.", id="xueshi.E002"))
    if settings.DEBUG:
        problems.append(Error("XUESHI_DEBUG must be no.", id="xueshi.E003"))
    for name, value in (
        ("XUESHI_ALIPAY_GATEWAY", settings.ALIPAY_GATEWAY),
        ("XUESHI_SMS_ENDPOINT", settings.SMS_ENDPOINT),
    ):
        if "127.0.0.1" in value or "localhost" in value:
            problems.append(Error(f"{name} still points at the sandbox.", id="xueshi.E004"))
    return problems
