"""What anybody may read: the house's front, the seven steps, help, downloads, requirements, privacy."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from xueshi.kernel import clock
from xueshi.web import doors
from xueshi.web.public import guide, help_contacts, law_quotes, signing_in


@require_safe
@doors.everyone
def home(request: HttpRequest) -> HttpResponse:
    """What is on this year, how it goes, and the way in."""
    at = clock.now()
    now = law_quotes.now(at)
    viewer = doors.see(request)
    shown = {
        "now": now,
        "steps": law_quotes.seven_steps(now.book, now.on) if now.book else [],
        "arrival": signing_in.arrival_of(viewer) if viewer else "",
    }
    return render(request, "public/home.html", shown)


@require_safe
@doors.everyone
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The seven steps, each with the notice's own sentences."""
    now = law_quotes.now(clock.now())
    steps = law_quotes.seven_steps(now.book, now.on) if now.book else []
    return render(request, "public/how.html", {"now": now, "steps": steps})


@require_safe
@doors.everyone
def downloads(request: HttpRequest) -> HttpResponse:
    """The guide and the forms."""
    return render(request, "public/downloads.html", {"now": law_quotes.now(clock.now())})


@require_safe
@doors.everyone
def guide_pdf(request: HttpRequest) -> HttpResponse:
    """The operation guide as a sheet for printing."""
    at = clock.now()
    return _pdf(guide.guide(at), "xueshi-guide.pdf")


@require_safe
@doors.everyone
def correction_pdf(request: HttpRequest) -> HttpResponse:
    """The form by which a name or an identity number is corrected at the counter."""
    return _pdf(guide.correction(clock.now()), "xueshi-correction.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
@doors.everyone
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to ask about what (CQ-49, CQ-50), and the questions that come most."""
    at = clock.now()
    return render(request, "public/help.html", help_contacts.shown(request, law_quotes.now(at), clock.day_of(at)))


@require_safe
@doors.everyone
def requirements(request: HttpRequest) -> HttpResponse:
    """What a computer and a line must be able to do today, and what the notice asked for in its day."""
    now = law_quotes.now(clock.now())
    history = now.book.client_requirements(now.on) if now.book else ()
    return render(request, "public/requirements.html", {"now": now, "history": history})


@require_safe
@doors.everyone
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, why, and who sees it."""
    return render(request, "public/privacy.html")


urlpatterns = [
    path("", home, name="home"),
    path("how/", how_it_works, name="how_it_works"),
    path("downloads/", downloads, name="downloads"),
    path("downloads/guide.pdf", guide_pdf, name="guide_pdf"),
    path("downloads/correction.pdf", correction_pdf, name="correction_pdf"),
    path("help/", help_page, name="help"),
    path("requirements/", requirements, name="requirements"),
    path("privacy/", privacy, name="privacy"),
]
