from collections import Counter

from demo.content import FALSE, LETTERS, TRUE, lessons, questions


def test_the_course_has_three_lessons_of_two_and_a_half_to_four_minutes():
    assert [lesson.number for lesson in lessons()] == [1, 2, 3]
    for lesson in lessons():
        assert 150 <= lesson.seconds <= 240, lesson.name
        assert 10 <= len(lesson.slides) <= 14, lesson.name


def test_every_slide_says_something_in_both_languages_at_a_pace_one_can_follow():
    for lesson in lessons():
        for slide in lesson.slides:
            assert 2 <= len(slide.lines) <= 5, slide.heading
            assert all(len(line) <= 30 for line in slide.lines), slide.heading
            assert slide.english, slide.heading
            assert 3 <= len(slide.narration) / slide.seconds <= 5.5, slide.heading


def test_every_handout_is_long_enough_to_study_from():
    for lesson in lessons():
        length = sum(len(text) for part in lesson.handout for text in part.paragraphs)
        assert 800 <= length <= 1600, lesson.name


def test_the_bank_is_large_enough_and_of_three_kinds():
    kinds = Counter(question.kind for question in questions())
    assert kinds["single"] >= 40
    assert kinds["multiple"] >= 25
    assert kinds["judge"] >= 25


def test_no_code_no_stem_and_no_option_comes_twice():
    assert len({question.code for question in questions()}) == len(questions())
    assert len({question.stem for question in questions()}) == len(questions())
    for question in questions():
        assert len(set(question.options)) == len(question.options), question.code


def test_every_key_fits_its_kind_and_its_options():
    for question in questions():
        letters = LETTERS[: len(question.options)]
        if question.kind == "judge":
            assert not question.options, question.code
            assert question.answer in (TRUE, FALSE), question.code
            continue
        assert set(question.answer) <= set(letters), question.code
        assert question.answer == "".join(sorted(set(question.answer))), question.code
        if question.kind == "single":
            assert (len(question.options), len(question.answer)) == (4, 1), question.code
        else:
            assert len(question.options) in (4, 5), question.code
            assert len(question.answer) >= 2, question.code


def test_the_right_answer_stands_at_no_favourite_place():
    singles = Counter(q.answer for q in questions() if q.kind == "single")
    assert max(singles.values()) - min(singles.values()) <= 2
    judged = Counter(q.answer for q in questions() if q.kind == "judge")
    assert abs(judged[TRUE] - judged[FALSE]) <= 4


def test_every_question_belongs_to_a_lesson_and_is_explained():
    for question in questions():
        assert question.lesson in (1, 2, 3), question.code
        assert len(question.explanation) >= 8, question.code
