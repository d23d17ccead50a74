from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "xueshi.training"
    label = "training"
