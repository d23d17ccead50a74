"""A person doing a course: watching, practising, completing.

Promises: a second is credited once a person, by the database's clock, whatever the tabs, devices and courses; a beat
heard again changes nothing. Two failed attempts begin a new learning cycle (CQ-13).

Public: `actions.open_lesson`, `record_beats`, `note_download`, `declare_offline_study`, `start_exam`, `submit_exam`,
`close_overdue`; `queries.course_state_for`, `lesson_for`, `player_of`. Locks, in this order: exam attempt, player
lease, lesson progress, learning cycle.
"""
