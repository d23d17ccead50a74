"""The addresses of these pages, for one door."""

from django.urls import URLPattern, path

from xueshi.web.establishment import duties, trees
from xueshi.web.establishment import organisations as all_of
from xueshi.web.establishment.desk import Desk, opened


def urlpatterns(desk: Desk) -> list[URLPattern]:
    """All of them, below establishment/; who may open which stands in docs/permissions.md."""
    read, keep, arrange, both = desk.readers, desk.keepers, desk.arrangers, ("GET", "HEAD", "POST")
    one = "<int:organisation_id>/"
    pages = [
        ("", "organisations", opened(all_of.organisations, desk, read, "GET")),
        ("export.<slug:kind>", "organisations_export", opened(all_of.export, desk, read, "GET")),
        ("new/", "organisation_new", opened(all_of.organisation_new, desk, keep, *both)),
        (one, "organisation", opened(all_of.organisation, desk, read, "GET")),
        (f"{one}edit/", "organisation_edit", opened(all_of.organisation_edit, desk, keep, *both)),
        (f"{one}close/", "organisation_close", opened(all_of.organisation_close, desk, arrange, "POST")),
        (f"{one}closing/", "organisation_decide", opened(all_of.organisation_decide, desk, arrange, "POST")),
        (f"{one}reopen/", "organisation_reopen", opened(all_of.organisation_reopen, desk, arrange, "POST")),
        ("regions/", "regions", opened(trees.regions, desk, read, "GET")),
        ("regions/new/", "region_new", opened(trees.region_new, desk, arrange, *both)),
        ("regions/<int:region_id>/", "region", opened(trees.region, desk, read, "GET")),
        ("regions/<int:region_id>/name/", "region_rename", opened(trees.region_rename, desk, arrange, *both)),
        ("regions/<int:region_id>/duties/new/", "duty_new", opened(duties.duty_new, desk, arrange, *both)),
        ("duties/<int:duty_id>/end/", "duty_end", opened(duties.duty_end, desk, arrange, *both)),
        ("industries/", "industries", opened(trees.industries, desk, read, "GET")),
        ("contacts/", "contacts", opened(duties.contacts, desk, read, "GET")),
        ("contacts/new/", "contact_new", opened(duties.contact_new, desk, arrange, *both)),
        ("contacts/<int:contact_id>/", "contact", opened(duties.contact, desk, arrange, *both)),
        ("contacts/<int:contact_id>/end/", "contact_end", opened(duties.contact_end, desk, arrange, "POST")),
    ]  # fmt: skip
    if desk.space == "operator":
        pages += [
            ("industries/new/", "industry_new", opened(trees.industry_new, desk, arrange, *both)),
            ("industries/<int:industry_id>/", "industry_rename", opened(trees.industry_rename, desk, arrange, *both)),
        ]
    return [path(f"establishment/{route}", view, name=name) for route, name, view in pages]
