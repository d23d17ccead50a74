"""Organisations, regions, duties and contacts within the reach of a bureau or an industry authority."""

from xueshi.web import doors
from xueshi.web.establishment.desk import Desk
from xueshi.web.establishment.urls import urlpatterns as pages

urlpatterns = pages(
    Desk(
        space="authority",
        door=doors.authorities,
        readers=("officer", "industry_officer", "auditor"),
        keepers=("officer", "industry_officer"),
        arrangers=("officer",),
    )
)
