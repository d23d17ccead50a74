"""Who we are to Alipay, by the settings; the keys are read once per process."""

from functools import cache
from pathlib import Path

from django.conf import settings

from xueshi.payments.alipay import AlipayMerchant


def alipay() -> AlipayMerchant:
    """Our merchant; raises OSError when its keys are not where ALIPAY_KEYS_DIR says."""
    return AlipayMerchant(
        app_id=settings.ALIPAY_APP_ID,
        seller_id=settings.ALIPAY_SELLER_ID,
        gateway=settings.ALIPAY_GATEWAY,
        private_key=_key(settings.ALIPAY_KEYS_DIR / "merchant_private.pem"),
        alipay_public_key=_key(settings.ALIPAY_KEYS_DIR / "alipay_public.pem"),
        notify_url=settings.ALIPAY_NOTIFY_URL,
        return_url=settings.ALIPAY_RETURN_URL,
    )


@cache
def _key(path: Path) -> str:
    return path.read_text(encoding="ascii")
