"""A person doing a course: watching, practising, completing.

Promises: a second is credited once a person, by the database's clock, whatever the tabs, devices and courses; a beat
heard again changes nothing. Two failed attempts begin a new learning cycle (CQ-13). Locks: the person's player lease,
then the cycle's row.
"""
