"""A few pages for the script's test: forms, fragments and failures, without a database."""

import time

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from xueshi.kernel.errors import Refused
from xueshi.web import middleware
from xueshi.web.look import views

heard: list[str] = []
PAGE = """{% extends "base.html" %}{% block title %}x{% endblock %}{% block content %}<h1>x</h1>
<form method="post" action="/heard/" id="pay">{% csrf_token %}
<button id="b-pay" name="how" value="pay">缴费</button></form>
<form method="post" action="/heard/" id="revoke">{% csrf_token %}
<button id="b-revoke" name="how" value="revoke"
 data-confirm="撤销这张证书？" data-confirm-yes="撤销">撤销…</button></form>
<div id="target">old</div>
<button type="button" id="h422" hx-post="/answer/422/" hx-target="#target">a</button>
<button type="button" id="h500" hx-post="/answer/500/" hx-target="#target">b</button>
<button type="button" id="h409" hx-post="/refused/" hx-target="#target">c</button>
<button type="button" id="hask" hx-post="/answer/200/" hx-target="#target" hx-confirm="通过 7 张？">d</button>
{% field form.number %}{% field form.password %}{% endblock %}"""


class Closed(Refused):
    sentence = "考试已经截止。"


def play(request: HttpRequest) -> HttpResponse:
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"form": views.Sample()}, request))


def hear(request: HttpRequest) -> HttpResponse:
    heard.append(request.POST["how"])
    time.sleep(0.3)
    return HttpResponse("<title>heard</title>")


def answer(request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(f"<b>answer {status}</b>", status=status)


def refused(request: HttpRequest) -> HttpResponse:
    return middleware.answer(request, Closed())


urlpatterns = [
    path("language/", include("django.conf.urls.i18n")),
    path("look/", views.states),
    path("play/", play),
    path("heard/", hear),
    path("answer/<int:status>/", answer),
    path("refused/", refused),
]
