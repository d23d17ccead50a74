"""Mail and texts, caught over real sockets and shown to whoever looks."""

import asyncio
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage

import httpx
import pytest

from sandbox import Sandbox


def send_mail(port, subject, text, to="learner@example.test"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "xueshi@example.test", to, subject
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(mail)


def test_a_mail_is_caught_with_its_chinese_words_and_shown_newest_first(sandbox):
    send_mail(sandbox.smtp_port, "重设密码", "验证码 123456，10 分钟内有效。")
    send_mail(sandbox.smtp_port, "审验结果", "您的成绩合格单已通过审验。")
    assert [letter.subject for letter in sandbox.inbox] == ["审验结果", "重设密码"]
    assert sandbox.inbox[1].text == "验证码 123456，10 分钟内有效。"
    page = httpx.get(f"{sandbox.url}/inbox").text
    assert "演示收件箱" in page
    assert page.index("审验结果") < page.index("重设密码")
    assert [each["kind"] for each in httpx.get(f"{sandbox.url}/inbox.json").json()] == ["mail"] * 2


def test_the_inbox_says_so_when_it_is_empty(sandbox):
    assert "还没有收到邮件或短信" in httpx.get(f"{sandbox.url}/inbox").text


def test_a_link_in_a_mail_can_be_followed_and_markup_in_it_cannot(sandbox):
    send_mail(sandbox.smtp_port, "<b>", "请打开 http://127.0.0.1:8000/a?b=1&c=2 <img src=x>")
    page = httpx.get(f"{sandbox.url}/inbox").text
    assert '<a href="http://127.0.0.1:8000/a?b=1&amp;c=2">' in page
    assert "<img" not in page
    assert "<b>" not in page


def test_every_page_is_marked_has_one_heading_and_a_language(sandbox, pay_url):
    for address in (f"{sandbox.url}/inbox", f"{sandbox.url}/nothing", pay_url()):
        page = httpx.get(address).text
        assert page.count("<h1") == 1
        assert '<html lang="zh-Hans">' in page
        assert "沙箱" in page or "演示" in page


def test_what_was_caught_is_still_there_after_a_restart(tmp_path):
    with Sandbox(state_dir=tmp_path) as first:
        send_mail(first.smtp_port, "重设密码", "验证码 123456")
    with Sandbox(state_dir=tmp_path) as second:
        assert [letter.subject for letter in second.inbox] == ["重设密码"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_command_listens_on_both_ports_and_ends_when_told_to(tmp_path):
    port, smtp_port = free_port(), free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--smtp-port", str(smtp_port)]
    process = subprocess.Popen([*command, "--state-dir", str(tmp_path / "state")])
    try:
        for _ in range(200):
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/inbox")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        assert answer.status_code == 200
        send_mail(smtp_port, "重设密码", "验证码 123456")
        assert "123456" in httpx.get(f"http://127.0.0.1:{port}/inbox").text
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_the_sandbox_starts_where_another_loop_is_already_running(tmp_path):
    async def browser_test():
        with Sandbox(state_dir=tmp_path) as sandbox:
            send_mail(sandbox.smtp_port, "重设密码", "验证码 123456")
            return sandbox.inbox[0].subject

    assert asyncio.run(browser_test()) == "重设密码"
