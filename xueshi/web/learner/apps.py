from django.apps import AppConfig


class LearnerConfig(AppConfig):
    name = "xueshi.web.learner"
    label = "web_learner"
