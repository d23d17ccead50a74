"""What has no form as columns, said before anything is computed."""

from __future__ import annotations


class Beyond(Exception):
    """This provision cannot be applied to this frame; the people in it must be judged one by one."""

    def __init__(self, provision: str, why: str) -> None:
        """Remember which provision, and why."""
        super().__init__(f"{provision}: {why}" if provision else why)
        self.provision = provision
        self.why = why
