"""The command line: the law checked, tested, applied to a spreadsheet and tried as a draft, without the platform.

A door above ``xueshi.policy`` alone. Nothing here knows Django, a database or the time of day, so that people of
law can run it wherever Python runs: ``xueshi policy …`` or ``python -m xueshi policy …``.
"""
