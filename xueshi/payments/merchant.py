"""Who we are to Alipay, by the settings; the keys are read once per process."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from xueshi.kernel.errors import Refused
from xueshi.payments.alipay import AlipayMerchant


class NoOnlineWay(Refused):
    status = 503
    code = "no-online-way"
    sentence = _("网上缴费还没有接通。")
    next_step = _("请到窗口现场缴费；已付的钱不会丢，接通后会自动核对。")


def alipay() -> AlipayMerchant:
    """Our merchant; raises NoOnlineWay when its keys are not where ALIPAY_KEYS_DIR says."""
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
    try:
        return path.read_text(encoding="ascii")
    except OSError as missing:
        raise NoOnlineWay() from missing
