"""The mail catcher: real SMTP in, nothing out."""

from __future__ import annotations

import asyncio
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage

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


class MailServer:
    """SMTP in a thread of its own, on a loop of its own; ``port`` says where (0 asked: any)."""

    def __init__(self, store: Store, host: str, port: int) -> None:
        self._catcher = Catcher(store)
        self._socket = socket.create_server((host, port))  # here, so that a taken port is said at once
        self.port = int(self._socket.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and end the thread, cutting off whoever is still talking."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(
            lambda: SMTP(self._catcher, hostname="sandbox.test", enable_SMTPUTF8=True), sock=self._socket
        )
        await self._stopping.wait()
        server.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await server.wait_closed()
