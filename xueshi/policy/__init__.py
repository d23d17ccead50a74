"""The law on the ground: instruments as data, and a pure engine that applies them.

Nothing here knows Django, a database or the time of day: what is judged, and for which year,
is always an argument. What the other floors use:

* ``load.library(root) -> Library``: every instrument below a policies folder, or ``NotUnderstood``.
* ``Library.instrument("cn-50/chongqing-2010") -> Rulebook`` and
  ``Library.governing(region, on) -> Rulebook | None`` (by GB/T 2260 prefix and date, whoever it is);
  ``Library.choose(facts, region, on, field) -> choosing.Choice`` is the one that governs a person, and why
  each of the others does not; ``Library.draft(text, key)`` reads one that is not in the library.
* ``Rulebook``: ``key title issuer number region since digest provisions provision(id)`` and its
  chapters, each typed and naming its provision, or ``None`` where the instrument is silent:
  ``exam study fee routes route_for review_methods enrolment counter_for documents award
  consequences oversight contacts client_requirements notes``. A route that hangs on a fact
  nobody gave raises ``book.Undecided``; one that no sentence gives raises ``book.Silent``.
* ``facts.Facts.of({...})``, ``facts.Entry(...)``, ``facts.Asked(purpose, year)`` and
  ``assess.assess(book, facts, entries, asked) -> findings.Assessment``.

Hours and money leave this floor as ``Decimal``; inside, hours are whole 1/1800ths (``whole``).
"""
