"""The learner's own matters."""

from xueshi.web.learner import documents, enrolling, exams, home, standing, studying

app_name = "learner"
urlpatterns = [
    *home.urlpatterns,
    *enrolling.urlpatterns,
    *studying.urlpatterns,
    *exams.urlpatterns,
    *documents.urlpatterns,
    *standing.urlpatterns,
]
