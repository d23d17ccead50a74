from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "xueshi.recognition"
    label = "recognition"
