"""The sandbox's few pages. Each says plainly that it is not the real thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from sandbox.authenticator import Shown
from sandbox.store import Letter, Trade

STYLE = """
body{margin:0;background:#f1f5f3;color:#16211f;line-height:1.65;font-size:1.0625rem;
 font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
header{background:#fff2d9;color:#7a4a00;border-bottom:1px solid #d9a441;padding:.6rem 1rem;text-align:center}
main{max-width:40rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.75rem;margin:0 0 1rem}h2{font-size:1.125rem;margin:0}
section,article{background:#fff;border:1px solid #cbd6d2;border-radius:6px;padding:1.25rem 1.5rem;margin:0 0 1.25rem}
dl{margin:0;display:grid;grid-template-columns:6.5rem 1fr;gap:.4rem 1rem}dt{color:#465551}dd{margin:0}
.sum{font-size:2rem;font-weight:600}
form{display:inline-block;margin:1.25rem .75rem 0 0}
button{font:inherit;min-height:44px;padding:.5rem 1.5rem;border-radius:4px;border:1px solid #0b5c57;cursor:pointer}
.go{background:#0b5c57;color:#fff;font-weight:600}.back{background:#fff;color:#0b5c57}
:focus-visible{outline:3px solid #16211f;box-shadow:0 0 0 6px #ffd76a}
pre{white-space:pre-wrap;font:inherit;margin:.75rem 0 0}p{margin:.25rem 0}.second{color:#465551}
a{color:#0b5c57}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}form,button{width:100%}}
"""

CASHIER_MARK = "沙箱收银台：这里不会动用真实资金"
INBOX_MARK = "演示收件箱：邮件和短信只到这里，没有发往外面"


CODES_MARK = "演示验证器：代替工作人员手机上的验证器，只给演示里的人用"


def _page(title: str, mark: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><header>{mark}</header>"
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _facts(*facts: tuple[str, str]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in facts)
    return f"<dl>{rows}</dl>"


def _trade(trade: Trade) -> str:
    return _facts(
        ("付款金额", f'<span class="sum">{escape(trade.total_amount)} 元</span>'),
        ("商品", escape(trade.subject)),
        ("商户订单号", escape(trade.out_trade_no)),
        ("收款方", escape(trade.seller_id)),
    )


def cashier(trade: Trade) -> str:
    """The page on which the payer pays or turns back."""
    act = f"/cashier/{escape(trade.trade_no)}"
    return _page(
        "沙箱收银台",
        CASHIER_MARK,
        f"<section>{_trade(trade)}"
        f'<form method="post" action="{act}/pay">'
        f'<button class="go">付款 {escape(trade.total_amount)} 元</button></form>'
        f'<form method="post" action="{act}/cancel"><button class="back">取消</button></form>'
        f"</section>",
    )


def paid(trade: Trade) -> str:
    """Shown after paying when the merchant named no page to return to."""
    return _page("已付款", CASHIER_MARK, f"<section>{_trade(trade)}</section>")


def cancelled(trade: Trade) -> str:
    """Shown after turning back when the merchant named no page to return to."""
    return _page("没有付款", CASHIER_MARK, f"<section>{_trade(trade)}</section>")


def problem(words: str, code: str) -> str:
    """The cashier cannot open, and why."""
    return _page(
        "收银台没有打开",
        CASHIER_MARK,
        f'<section><p>{escape(words)}。请返回商户页面重试。</p><p class="second">代码：{escape(code)}</p></section>',
    )


def absent() -> str:
    """No such page here."""
    return _page("没有这一页", INBOX_MARK, '<p><a href="/inbox">看演示收件箱</a></p>')


def _linked(text: str) -> str:
    return re.sub(r"https?://[\w.:/?=&;%#~+-]+", r'<a href="\g<0>">\g<0></a>', escape(text))


def _letter(letter: Letter) -> str:
    kind = "邮件" if letter.kind == "mail" else "短信"
    title = f"{kind}：{letter.subject}" if letter.kind == "mail" else kind
    return (
        f"<article><h2>{escape(title)}</h2>"
        f'<p class="second">发给 {escape(letter.to)} · {escape(letter.caught)}</p>'
        f"<pre>{_linked(letter.text)}</pre></article>"
    )


def inbox(letters: Sequence[Letter]) -> str:
    """All that was caught, newest first."""
    again = '<p><a href="/inbox">再取一次</a> · <a href="/codes">工作人员的验证器</a></p>'
    shown = "".join(_letter(letter) for letter in reversed(letters))
    empty = "<section><p>还没有收到邮件或短信。平台发出以后，会出现在这里。</p></section>"
    return _page("演示收件箱", INBOX_MARK, again + (shown or empty))


def codes(lines: Sequence[Shown]) -> str:
    """The present code of each member of staff."""
    again = '<p><a href="/codes">换一次</a> · <a href="/inbox">演示收件箱</a></p>'
    shown = "".join(
        f"<article><h2>{escape(line.name)}</h2>"
        f'<p class="second">{escape(line.role)} · {escape(line.number)}</p>'
        f'<p><span class="sum">{escape(line.code)}</span> 还有 {line.seconds_left} 秒</p></article>'
        for line in lines
    )
    empty = "<section><p>还没有工作人员。演示填好以后，会出现在这里。</p></section>"
    return _page("演示验证器", CODES_MARK, again + (shown or empty))
