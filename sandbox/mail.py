"""The mail catcher: real SMTP in, nothing out."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.store import Letter, Store, beijing_time


class Catcher:
    """Keeps every mail it is handed, one letter for each recipient."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one mail (called by aiosmtpd)."""
        raw = envelope.original_content or b""
        mail = message_from_bytes(raw, EmailMessage, policy=policy.default)
        part = mail.get_body(("plain", "html"))
        text = part.get_content() if part else ""
        for address in envelope.rcpt_tos:
            subject = str(mail["Subject"] or "")
            self.store.catch(Letter("mail", address, subject, text.strip(), beijing_time()))
        return "250 kept"


def listen(store: Store, host: str, port: int) -> Controller:
    """Start catching in a thread of its own (port 0: any free one)."""
    controller = Controller(Catcher(store), hostname=host, port=port, server_hostname="sandbox.test")
    controller.start()
    return controller
