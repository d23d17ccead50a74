"""Two books side by side, without anybody in them."""

from datetime import date

from xueshi.policy.comparing import Kind, compare
from xueshi.policy.tests.invented import CHONGQING, HEADER, book, provision, year

LATER = HEADER.replace("since: 2015-01-01", "since: 2027-01-01")


def said(before, after) -> list[tuple[str, str, date]]:
    return [(str(c.kind), c.provision, c.since) for c in compare(before, after).changes]


def test_a_book_beside_itself_has_no_changes() -> None:
    found = compare(CHONGQING, CHONGQING)
    assert (found.changes, found.header, found.effective) == ((), (), date.max)


def test_a_copy_that_begins_later_changes_nothing_but_its_heading() -> None:
    found = compare(book(year()), book(year(), header=LATER))
    assert (found.changes, found.header) == ((), ("since",))


def test_a_provision_that_is_new_or_gone_counts_from_the_day_the_draft_begins() -> None:
    more = provision("public", "demand: {at_least: 10, of: {category: public}}")
    assert said(book(year()), book(year(), more, header=LATER)) == [("added", "public", date(2027, 1, 1))]
    assert said(book(year(), more), book(year(), header=LATER)) == [("closed", "public", date(2027, 1, 1))]


def test_an_amendment_counts_from_the_day_on_which_the_old_wording_ends() -> None:
    amended = provision("year", "demand: {at_least: 30}", "until: 2026-12-31") + provision(
        "year", "demand: {at_least: 40}", "since: 2027-01-01"
    )
    found = compare(book(year()), book(amended))
    assert said(book(year()), book(amended)) == [("changed", "year", date(2027, 1, 1))]
    assert found.effective == date(2027, 1, 1)
    change = found.changes[0]
    assert change.before is not None
    assert change.wording.since == date(2027, 1, 1)
    assert change.hours


def test_a_provision_that_ends_counts_from_the_day_after() -> None:
    found = compare(book(year()), book(year().replace(", text", ", until: 2026-12-31, text")))
    assert [(c.kind, c.since, c.wording.id) for c in found.changes] == [(Kind.CLOSED, date(2027, 1, 1), "year")]


def test_an_edit_in_place_counts_from_the_beginning() -> None:
    assert said(book(year("30")), book(year("40"))) == [("changed", "year", date(2015, 1, 1))]


def test_other_words_with_the_same_meaning_change_nobodys_hours() -> None:
    other = year().replace("虚构的一句", "虚构的另一句")
    found = compare(book(year()), book(other))
    assert said(book(year()), book(other)) == [("reworded", "year", date(2015, 1, 1))]
    assert not found.changes[0].hours
    assert found.effective == date.max


def test_a_change_of_meaning_outweighs_an_earlier_change_of_words() -> None:
    reworded = year().replace("虚构的一句", "虚构的另一句").replace(", text", ", until: 2026-12-31, text")
    amended = provision("year", "demand: {at_least: 40}", "since: 2027-01-01")
    assert said(book(year()), book(reworded, amended)) == [("changed", "year", date(2027, 1, 1))]


def test_a_change_of_the_fee_is_shown_and_asks_for_no_hours() -> None:
    fee = provision("fee", 'fee: {of: {category: public}, amount: "70.00", per: person_year, basis: 虚构}')
    dearer = fee.replace("70.00", "80.00")
    found = compare(book(year(), fee), book(year(), dearer))
    assert [c.kind for c in found.changes] == [Kind.CHANGED]
    assert found.effective == date.max
