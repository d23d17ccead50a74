"""The house stands at all."""

from django.test import Client


def test_the_house_is_alive(db: None) -> None:
    assert Client().get("/healthz").content == b"ok\n"


def test_the_cast_can_be_made(wang, cashier, verifier, clerk, operator, plan, viewer) -> None:
    assert viewer(cashier, "counter").holds("counter")
    assert plan.exam.bank.title == "题库（示例）"
