"""Where Alipay tells us what was paid. The signature is the caller's only pass."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xueshi.kernel import clock
from xueshi.payments.alipay import SUCCESS
from xueshi.training import actions
from xueshi.web.doors import machines

# Heard and dealt with. Anything else is answered "fail", and the provider tells it again.
SETTLED = {"believed", "repeated", "late", "not_paid"}


@csrf_exempt
@machines
@require_POST
def notice(request: HttpRequest) -> HttpResponse:
    verdict = actions.hear_notice(provider="alipay", fields=request.POST.dict(), at=clock.now())
    return HttpResponse(SUCCESS if verdict in SETTLED else "fail", content_type="text/plain")


urlpatterns = [path("alipay/notice", notice, name="alipay_notice")]
