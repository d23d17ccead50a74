"""What can be studied: courses, their timed lessons and courseware.

Public: `actions.add_course`, `actions.add_lesson`, `queries.courses`, `queries.course`, `queries.lessons_of`,
`queries.lesson`. Locks: the course's row.
"""
