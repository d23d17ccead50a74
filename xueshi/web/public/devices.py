"""A browser and a network in plain words, for somebody who asks: was that me?"""

import ipaddress

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The first that stands in what the browser says of itself; those that imitate others come first.
BROWSERS = (
    ("MicroMessenger", gettext_lazy("微信")), ("DingTalk", gettext_lazy("钉钉")), ("Edg", "Edge"),
    ("HuaweiBrowser", gettext_lazy("华为浏览器")), ("QQBrowser", gettext_lazy("QQ 浏览器")),
    ("UCBrowser", gettext_lazy("UC 浏览器")), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"),
    ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
MACHINES = (
    ("HarmonyOS", gettext_lazy("鸿蒙手机或平板")), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Android", gettext_lazy("安卓手机或平板")), ("Windows", gettext_lazy("Windows 电脑")),
    ("Macintosh", gettext_lazy("苹果电脑")), ("Linux", gettext_lazy("Linux 电脑")),
)  # fmt: skip


def named(user_agent: str) -> str:
    """For instance: Windows 电脑上的 Edge."""
    browser = next((str(name) for mark, name in BROWSERS if mark in user_agent), "")
    machine = next((str(name) for mark, name in MACHINES if mark in user_agent), "")
    if browser and machine:
        return _("%(machine)s上的 %(browser)s") % {"machine": machine, "browser": browser}
    return browser or machine or _("认不出的设备")


def network(address: str) -> str:
    """The network without the machine in it: 10.2.3.*; nothing is said where none is known."""
    found = ipaddress.ip_address(address)
    if found.is_unspecified:
        return _("不清楚")
    if found.version == 4:
        return address.rpartition(".")[0] + ".*"
    return ":".join(found.exploded.split(":")[:3]) + ":*"
