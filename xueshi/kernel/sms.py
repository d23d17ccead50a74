"""Placeholder until the Aliyun client stands."""

from collections.abc import Mapping
from dataclasses import dataclass


class SmsProblem(Exception):
    """The gateway did not take the text."""


@dataclass(frozen=True)
class SmsGateway:
    endpoint: str
    access_key_id: str
    secret: str
    sign_name: str

    def send(self, *, phone: str, template: str, params: Mapping[str, str]) -> None:
        raise SmsProblem
