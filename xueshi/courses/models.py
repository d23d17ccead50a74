"""Courses, lessons and courseware."""

from django.db import models


class Course(models.Model):
    """A course that a plan may offer."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    category = models.CharField(max_length=16, default="public")  # public or professional
    kind = models.CharField(max_length=40, default="public_topic")  # the law's word for it

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """One timed video with captions, and its courseware."""

    course = models.ForeignKey("courses.Course", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 …
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    seconds = models.DecimalField(max_digits=8, decimal_places=2)  # length of the video
    video = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    captions = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")
    captions_en = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")
    courseware = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["course", "number"]
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="one_lesson_a_number")]

    def __str__(self) -> str:
        return self.title
