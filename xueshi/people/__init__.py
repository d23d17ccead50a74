"""Persons, organisations, titles, posts, and who may act for whom.

Promises: one account for one identity number; identity numbers are encrypted at rest and found by a keyed hash;
a `Viewer` says who is asking and in what capacity. Locks: the person's row.
Public: `actions.register`, `actions.check_identity`, `actions.look_at`, `actions.send_reset_code`,
`actions.reset_password`, `queries.person_for`, `queries.viewer_of`, `access.persons`, `access.may`.
"""
