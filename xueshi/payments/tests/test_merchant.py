"""Without its keys, online payment says so instead of failing."""

import pytest

from xueshi.payments import merchant


def test_a_house_without_keys_sends_people_to_the_counter(settings, tmp_path):
    settings.ALIPAY_KEYS_DIR = tmp_path
    with pytest.raises(merchant.NoOnlineWay) as refused:
        merchant.alipay()
    assert "窗口" in refused.value.advice


def test_with_its_keys_it_is_the_merchant_of_the_settings(settings, bank):
    assert merchant.alipay().app_id == settings.ALIPAY_APP_ID
