"""`manage.py found 50 重庆市 重庆市人事培训中心`: the first region, organisation and operator of a new platform."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xueshi.kernel import clock
from xueshi.kernel.errors import Refused
from xueshi.people import actions, founding_actions


class Command(BaseCommand):
    help = "Found the platform: its region, the organisation that runs it, and its first operator (asked for here)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region_code")
        parser.add_argument("region")
        parser.add_argument("organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            runs = founding_actions.found(
                region_code=options["region_code"],
                region=options["region"],
                organisation=options["organisation"],
                at=at,
            )
            # The number and the password are typed, never arguments: arguments stand in the process list.
            person = actions.register(
                typed_id=getpass.getpass("身份证号 ID number: "),
                name=input("姓名 Name: "),
                phone=input("手机号 Phone: "),
                email="",
                region_code=options["region_code"],
                employer_id=None,
                file_keeper="other",
                file_agency_id=None,
                title_level="",
                title_obtained_on=None,
                password=getpass.getpass("密码 Password: "),
                at=at,
            )
            founding_actions.appoint_first_operator(person_id=person.pk, organisation_id=runs.pk, at=at)
        except Refused as refused:
            raise CommandError(f"{refused.said} {refused.advice}") from refused
        self.stdout.write("✓")
