"""The components as template tags, and the ways of saying things as filters.

They are builtins: no template needs to load them. `docs/look.md` shows each with an example.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xueshi.web.look import fields, saying, showing

register = template.Library()

for said in (
    saying.hours,
    saying.yuan,
    saying.day,
    saying.day_short,
    saying.moment,
    saying.opening,
    saying.clock,
    saying.time_of_day,
    saying.minutes,
    saying.duration,
    saying.position,
    saying.mask_id,
    saying.mask_phone,
):
    register.filter(said.__name__, showing.silent_on_nothing(said))


@register.filter
def iso(at: datetime) -> str:
    """A moment for machines: the datetime attribute of <time>."""
    return saying.local(at).isoformat()


@register.filter
def notice_kind(level: str) -> str:
    """The kind of notice for a level of django.contrib.messages."""
    return {"error": "bad", "warning": "soon"}.get(level, "")


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite, beside a word; icons.txt lists the names."""
    return format_html(
        '<svg class="x-i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {css}" if css else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def tag(words: Any, kind: str = "", icon: str | None = None) -> SafeString:
    """A state in one to five words; kind ok, wait, soon, bad or plain. icon="" takes it away."""
    shown = showing.ICONS.get(kind, "") if icon is None else icon
    return format_html('<span class="x-tag{}">{}{}</span>', f" x-{kind}" if kind else "", _svg(shown), words)


@register.simple_block_tag
def notice(
    content: str,
    kind: str = "",
    title: Any = "",
    icon: str | None = None,
    alert: bool = False,
    live: bool = False,
    url: str = "",
    action: Any = "",
) -> SafeString:
    """Something that changes what one can do; kind "", wait, soon or bad; a link at its right."""
    shown = showing.NOTICE_ICONS.get(kind, "info-circle") if icon is None else icon
    role = ' role="alert"' if alert else ' role="status"' if live else ""
    return format_html(
        '<div class="x-notice{}"{}>{}<div>{}{}</div>{}</div>',
        f" x-{kind}" if kind else "",
        SafeString(role),
        _svg(shown),
        format_html("<p><b>{}</b></p>", title) if title else "",
        content,
        format_html('<a class="btn" href="{}">{}</a>', url, action) if url else "",
    )


@register.simple_block_tag
def nothing(content: str, title: Any, url: str = "", action: Any = "") -> SafeString:
    """Nothing yet: what will stand here, and the one button."""
    button = format_html('<br><a class="btn btn-primary" href="{}">{}</a>', url, action)
    return format_html('<div class="x-empty"><b>{}</b>{}{}</div>', title, content, button if url else "")


@register.simple_block_tag
def held(content: str) -> SafeString:
    """The content without its edges, to be kept with `as`: empty when there are only blanks."""
    return SafeString(content.strip())  # was rendered, and so escaped, a moment ago


@register.inclusion_tag("look/cells.html")
def cells(
    label: Any,
    need: Decimal | int = 0,
    credited: Decimal | int = 0,
    studied: Decimal | int = 0,
    review: Decimal | int = 0,
    deemed: Decimal | int = 0,
    uncounted: Decimal | int = 0,
    key: bool = True,
) -> dict[str, Any]:
    """Hours against a requirement: one cell an hour, the sentence for those who listen, the key."""
    given = {
        "credited": credited,
        "studied": studied,
        "review": review,
        "deemed": deemed,
        "uncounted": uncounted,
    }
    parts = {state: saying.exact(value or 0) for state, value in given.items()}
    return showing.cells_shown(str(label), saying.exact(need or 0), parts, key=key)


@register.inclusion_tag("look/key.html")
def cells_key(names: str = "credited studied review missing") -> dict[str, Any]:
    """The key alone, without numbers, for a page with several rows of cells."""
    return {"key": [(showing.fill(name), showing.word(name), "") for name in names.split()]}


@register.inclusion_tag("look/line.html")
def line(done: Decimal | int, total: Decimal | int, label: Any) -> dict[str, Any]:
    """A thin line: how much of one course is done. The label says it in words."""
    share = saying.exact(done) / saying.exact(total) * 100 if total else Decimal(0)
    return {"share": f"{min(max(share, Decimal(0)), Decimal(100)):.2f}", "label": label}


@register.inclusion_tag("look/shares.html")
def shares(parts: Sequence[tuple[str, Any, int]], label: Any = "", key: bool = True) -> dict[str, Any]:
    """How many stand how, as one band: (fill, word, number) with fill met, nothing, unknown or short."""
    total = sum(number for _fill, _word, number in parts) or 1
    at, bands = 0.0, []
    for fill, _word, number in parts:
        width = number * 1000 / total
        bands.append((fill, f"{at:.2f}", f"{width:.2f}"))
        at += width
    said = label or "，".join(f"{word} {number}" for _fill, word, number in parts)
    return {"bands": bands, "parts": parts, "label": said, "key": key}


@register.inclusion_tag("look/trace.html")
def trace(length: int, covered: Iterable[tuple[int, int]], label: Any, at: int | None = None) -> dict[str, Any]:
    """Which seconds of a video count: stretches [from, to), gaps before the last one hatched."""
    return showing.trace_shown(length, sorted(covered), at) | {"label": label}


@register.inclusion_tag("look/steps.html")
def steps(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The steps of the plan, in order: each {title, note?, state: done|now|later, url?}."""
    return showing.steps_shown(items)


@register.inclusion_tag("look/due.html", takes_context=True)
def due(context: template.Context, at: datetime, now: datetime | None = None, ref: Any = "") -> dict[str, Any]:
    """The deadline beside the sentence: what is left, then day, weekday and hour."""
    return showing.due_shown(at, now or context["look_now"]) | {"ref": ref}


@register.inclusion_tag("look/field.html")
def field(bound: BoundField, hint: Any = None, width: str = "", **extra: Any) -> dict[str, Any]:
    """A form field; width short, mid or long. Other arguments become attributes (a_b is a-b)."""
    said = str(bound.help_text) if hint is None else hint
    added = {name.replace("_", "-"): value for name, value in extra.items()}
    kind = fields.shape(bound)
    grouped = kind in {"one", "many"}
    return {
        "bound": bound,
        "hint": said,
        "width": f"x-{width}" if width else "",
        "shape": kind,
        "errors": fields.complaints(bound),
        "choices": fields.choices(bound, str(said)) if grouped else [],
        "control": "" if grouped else bound.as_widget(attrs=fields.attributes(bound, said, added)),
        "idcard": "data-idcard" in {**bound.field.widget.attrs, **added},
        "optional": not bound.field.required and kind not in {"yes", "one", "many"},
    }


@register.inclusion_tag("look/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """What must be changed, with links to the fields, once at the head of the form."""
    return showing.errors_shown(forms)


@register.simple_tag
def ref(n: Any) -> SafeString:
    """A cinnabar number in the text, leading to the note of that number."""
    label = _("依据 %(n)s") % {"n": n}
    return format_html('<a class="x-ref" href="#n{}" aria-label="{}">{}</a>', n, label, n)


@register.inclusion_tag("look/note.html")
def note(n: Any = "", quote: Any = "", cite: Any = "", words: Any = "", inside: bool = False) -> dict[str, Any]:
    """A note to a clause: `quote` for the notice's exact words, `words` for everything else."""
    return {
        "n": n,
        "quote": quote,
        "cite": cite,
        "words": words,
        "inside": inside,
        "foreign": saying.in_english(),
    }


@register.simple_tag
def saved(at: datetime | None = None, ok: bool = True) -> SafeString:
    """The receipt of a save with the server's time; not ok: what the last receipt was."""
    if ok and at is not None:
        words = _("已保存")
    elif at is not None:
        words = _("未保存，最后一次")
    else:
        words = _("还没有保存过")
    time = format_html(' <time datetime="{}">{}</time>', iso(at), saying.clock(at)) if at else ""
    good = ok and at is not None
    return format_html(
        '<span class="x-saved{}" role="status">{}{}{}</span>',
        "" if good else " x-not",
        _svg("check" if good else "wifi-off"),
        words,
        time,
    )


@register.inclusion_tag("look/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Where one is in a list, and the pages beside; the other parameters of the address stay."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()

    def address(number: int) -> str:
        query[name] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "before": address(page.previous_page_number()) if page.has_previous() else "",
        "after": address(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("look/script_words.html")
def script_words() -> dict[str, Any]:
    """The sentences that the script shows, in the language of the page."""
    return {}


def _svg(name: str) -> SafeString:
    return icon(name) if name else SafeString("")
