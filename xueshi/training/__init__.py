"""What is offered to whom, when: annual plans and enrolments.

Promises: one enrolment a person and plan; study opens only by payment (CQ-06 to CQ-08). Locks: the enrolment's row,
after the order's.
"""
