"""For other systems."""

from xueshi.web.exchange import alipay

app_name = "exchange"
urlpatterns = [*alipay.urlpatterns]
