"""Every organisation, region, industry, duty and contact."""

from xueshi.web import doors
from xueshi.web.establishment.desk import Desk
from xueshi.web.establishment.urls import urlpatterns as pages

_OPERATOR = ("operator",)
urlpatterns = pages(
    Desk(space="operator", door=doors.operators, readers=_OPERATOR, keepers=_OPERATOR, arrangers=_OPERATOR)
)
