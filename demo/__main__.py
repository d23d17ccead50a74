"""`python -m demo seed` fills an empty house; `python -m demo sign-ins` prints who can sign in."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


def sign_ins() -> None:
    """One line for each role: what to type, and as whom."""
    from demo import cast

    rows = [(m.id_number, m.role, m.role_en) for m in cast.EVERYONE]
    print(f"\n  {'身份证号 ID number':<20}  岗位与进度 role")  # noqa: T201
    for number, role, role_en in rows:
        print(f"  {number:<20}  {role} · {role_en}")  # noqa: T201
    print(f"\n  密码 password: {cast.PASSWORD}")  # noqa: T201
    sandbox = os.environ.get("XUESHI_SANDBOX_PORT", "8011")
    where = f"http://127.0.0.1:{sandbox}/codes"
    print(f"  有岗位的还要 6 位验证码 staff also need a six-digit code: {where}")  # noqa: T201


def fill() -> None:
    """Everything of the demo, and the keys of its staff."""
    from demo import authenticators, seed

    seed.everything()
    authenticators.bound()


def main() -> int:
    commands = {"seed": fill, "sign-ins": sign_ins}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__)  # noqa: T201
        return 2
    commands[sys.argv[1]]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
