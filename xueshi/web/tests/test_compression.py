"""Pages travel compressed; what is fetched in ranges does not."""

from django.test import Client
from django.urls import reverse

from conftest import NINE
from xueshi.courses.queries import lessons_of
from xueshi.training.models import Enrolment


def test_a_page_is_compressed_for_who_can_read_that(db):
    plain = Client().get("/how/")
    packed = Client().get("/how/", headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2


def test_a_download_keeps_its_length_so_that_it_can_be_resumed(wang, plan, signed_in):
    Enrolment.objects.create(person=wang, plan=plan, chosen_at=NINE, opened_at=NINE)
    lesson = lessons_of(plan.course_id)[0]
    answer = signed_in(wang).get(reverse("learner:courseware", args=[lesson.pk]), headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Length"] == str(lesson.courseware.size)
