"""Choosing the year's course and paying for it: steps two and three of the notice."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.payments import queries as payments
from xueshi.payments.alipay import AlipayProblem
from xueshi.payments.merchant import alipay
from xueshi.training import actions, queries
from xueshi.web.doors import SeenRequest, learners
from xueshi.web.redirects import SeeOther

# How long a page that waits for the provider's notice goes on asking by itself.
PATIENCE = timedelta(minutes=15)


@learners
@require_safe
def choose(request: SeenRequest) -> HttpResponse:
    offers = queries.plans_for(request.viewer, clock.now())
    return render(request, "learner/choose.html", {"offers": offers, "lead": _leading(offers)})


def _leading(offers: list[queries.Offer]) -> queries.Offer | None:
    """The offer that the page's first sentence is about: what can be chosen now, else what was chosen."""
    open_now = (o for o in offers if o.window == "open" and not o.enrolment)
    return next(open_now, next((o for o in offers if o.enrolment), None))


@learners
@require_POST
def choose_plan(request: SeenRequest, plan_id: int) -> HttpResponse:
    enrolment = actions.choose(viewer=request.viewer, plan_id=plan_id, at=clock.now())
    order = payments.order_of(queries.subject_of(enrolment.pk))
    return SeeOther(reverse("learner:order", args=[order.pk]) if order else reverse("learner:home"))


@learners
@require_POST
def withdraw(request: SeenRequest, enrolment_id: int) -> HttpResponse:
    actions.withdraw_choice(viewer=request.viewer, enrolment_id=enrolment_id, at=clock.now())
    messages.info(request, _("已退选，没有产生费用。想学时可以再选。"))
    return SeeOther(reverse("learner:choose"))


@learners
@require_safe
def order(request: SeenRequest, order_id: int) -> HttpResponse:
    at = clock.now()
    due = queries.due_for(request.viewer, order_id, clock.day_of(at))
    sent_at = due.order.sent_online_at if due.order else None
    facts = {
        "due": due,
        "order": due.order,
        "plan": due.enrolment.plan,
        "receipt": due.receipt,
        "window": queries.window_of(due.enrolment.plan, at),
        "asking": sent_at is not None and at - sent_at < PATIENCE,
    }
    return render(request, "learner/order.html", facts)


@learners
@require_safe
def order_state(request: SeenRequest, order_id: int) -> HttpResponse:
    """What the waiting page asks every few seconds: nothing new, or look at the page again."""
    found = payments.order_for(request.viewer, order_id)
    if found.state == "created":
        asking = found.sent_online_at is not None and clock.now() - found.sent_online_at < PATIENCE
        return render(request, "learner/order_waiting.html", {"order": found, "asking": asking})
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("learner:order", args=[found.pk])
    return response


@learners
@require_POST
def pay(request: SeenRequest, order_id: int) -> HttpResponse:
    """Off to the provider's page; a second click goes to the same order there."""
    here = reverse("learner:order", args=[order_id])
    if payments.order_for(request.viewer, order_id).state == "paid":
        return SeeOther(here)
    address = actions.pay_online(
        viewer=request.viewer, order_id=order_id, back_url=settings.SITE_URL + here, at=clock.now()
    )
    return SeeOther(address)


@learners
@require_POST
def ask(request: SeenRequest, order_id: int) -> HttpResponse:
    """“I have paid”: ask the provider, whatever its notice says or does not say."""
    found = payments.order_for(request.viewer, order_id)
    _ask(request, found.pk)
    return SeeOther(reverse("learner:order", args=[found.pk]))


@learners
@require_safe
def returned(request: SeenRequest) -> HttpResponse:
    """Where the provider sends the browser back. Not believed: the provider itself is asked."""
    try:
        number = alipay().read_return(request.GET.dict())
    except AlipayProblem:
        return redirect("learner:choose")
    try:
        found = payments.order_numbered_for(request.viewer, number)
    except NotYours:
        return redirect("learner:choose")
    if found.state == "created":
        _ask(request, found.pk)
    return redirect("learner:order", order_id=found.pk)


def _ask(request: HttpRequest, order_id: int) -> None:
    verdict = actions.ask_provider(order_id=order_id, at=clock.now())
    if verdict == "unanswered":
        messages.warning(request, _("暂时联系不上支付宝。已付的钱不会丢，系统每分钟会再查一次。"))
    elif verdict == "not_paid":
        messages.info(request, _("支付宝说这笔费用还没有付。刚付完的，请过一分钟再查。"))
    elif verdict in {"mismatched", "late"}:
        messages.error(request, _("支付宝说的与这张缴费单不一致，没有入账。请打咨询电话，报缴费单号。"))


@learners
@require_safe
def receipt(request: SeenRequest, order_id: int) -> HttpResponse:
    found = payments.order_for(request.viewer, order_id)
    paper = payments.receipt_of(found.pk)
    if paper is None:
        raise NotYours()
    return render(request, "learner/receipt.html", {"receipt": paper, "words": paper.words, "order": found})


urlpatterns = [
    path("courses/", choose, name="choose"),
    path("courses/<int:plan_id>/choose", choose_plan, name="choose_plan"),
    path("courses/<int:enrolment_id>/withdraw", withdraw, name="withdraw"),
    path("orders/return/", returned, name="returned"),
    path("orders/<int:order_id>/", order, name="order"),
    path("orders/<int:order_id>/state", order_state, name="order_state"),
    path("orders/<int:order_id>/pay", pay, name="pay"),
    path("orders/<int:order_id>/ask", ask, name="ask"),
    path("orders/<int:order_id>/receipt/", receipt, name="receipt"),
]
