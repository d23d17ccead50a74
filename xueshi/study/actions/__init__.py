"""What changes study. Locks, in this order: exam attempt, player lease, lesson progress, learning cycle."""

from xueshi.study.actions.beats import Beat, BeatAnswer, record_beats
from xueshi.study.actions.cycles import begin_cycle
from xueshi.study.actions.mocks import start_mock
from xueshi.study.actions.offline import (
    NotDownloaded,
    OfflineNotForeseen,
    declare_offline_study,
    note_download,
)
from xueshi.study.actions.playing import (
    TICKET,
    AlreadyPassed,
    NotOpened,
    NotYetStarted,
    Playing,
    StudyClosed,
    open_lesson,
)
from xueshi.study.actions.sitting import (
    CoursesLeft,
    NoChanceLeft,
    NotStudied,
    close_overdue,
    start_exam,
    submit_exam,
)

__all__ = [
    "TICKET",
    "AlreadyPassed",
    "Beat",
    "BeatAnswer",
    "CoursesLeft",
    "NoChanceLeft",
    "NotDownloaded",
    "NotOpened",
    "NotStudied",
    "NotYetStarted",
    "OfflineNotForeseen",
    "Playing",
    "StudyClosed",
    "begin_cycle",
    "close_overdue",
    "declare_offline_study",
    "note_download",
    "open_lesson",
    "record_beats",
    "start_exam",
    "start_mock",
    "submit_exam",
]
