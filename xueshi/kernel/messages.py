"""Tell a person something by mail or text, once, after the commit that needed it."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from xueshi.kernel import clock, jobs, sms
from xueshi.kernel.models import Message


@transaction.atomic
def tell(*, key: str, channel: str, address: str, body: str, at: datetime, subject: str = "") -> None:
    """Queue a message in the present transaction; the same `key` is never told twice."""
    message, made = Message.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel,
            "address": address,
            "subject": subject,
            "body": body,
            "queued_at": at,
        },
    )
    if made:
        jobs.defer(deliver, message_id=message.pk)


def send(message: Message) -> None:
    """Hand one message to the mail or text gateway; raises what the gateway raises."""
    if message.channel == Message.Channel.MAIL:
        EmailMessage(message.subject, message.body, to=[message.address]).send()
    else:
        gateway = sms.SmsGateway(
            endpoint=settings.SMS_ENDPOINT,
            access_key_id=settings.SMS_KEY_ID,
            secret=settings.SMS_SECRET_FILE.read_text(encoding="utf8").strip(),
            sign_name="学时",
        )
        gateway.send(phone=message.address, template="SMS_XUESHI", params={"text": message.body})


@jobs.job
def deliver(message_id: int) -> None:
    """Send a queued message once; a failure is counted and raised, so that the queue tries again."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if message.state == Message.State.SENT:
            return
        try:
            send(message)
        except (OSError, sms.SmsProblem):
            failed = True
        else:
            failed = False
        message.tries += 1
        message.state = Message.State.FAILED if failed else Message.State.SENT
        if not failed:
            message.body = ""
            message.sent_at = clock.now()
        message.save(update_fields=["tries", "state", "body", "sent_at"])
    if failed:
        raise NotDelivered(message_id)


class NotDelivered(Exception):
    """The gateway did not take the message; the queue tries again."""
