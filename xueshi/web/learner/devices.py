"""On what kind of machine somebody studies, for "opened on your phone"."""

from django.http import HttpRequest


def device_of(request: HttpRequest) -> str:
    """computer, phone or tablet, by what the browser calls itself; a guess is good enough for a hint."""
    agent = request.headers.get("User-Agent", "")
    if "iPad" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "computer"
