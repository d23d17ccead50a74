"""The doors."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from xueshi.web import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("xueshi.web.public.urls")),
    path("learn/", include("xueshi.web.learner.urls")),
    path("office/", include("xueshi.web.authority.urls")),
    path("base/", include("xueshi.web.provider.urls")),
    path("unit/", include("xueshi.web.employer.urls")),
    path("operate/", include("xueshi.web.operator.urls")),
    path("exchange/", include("xueshi.web.exchange.urls")),
]
if settings.DEBUG:
    from xueshi.web.look import views as look

    urlpatterns.append(path("look/", look.states, name="look_states"))
