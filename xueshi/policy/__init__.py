"""The law on the ground: instruments as data, and a pure engine that applies them.

Nothing here knows Django, a database or the time of day: what is judged, and for which year,
is always an argument. What the other floors use:

* ``load.library(root) -> Library``: every instrument below a policies folder, or ``NotUnderstood``.
* ``Library.choose(facts, region, on, field) -> Choice``: which instrument governs a person, and why;
  ``Library.instrument("cn-50/chongqing-2010")``, ``Library.governing(region, on)`` (whoever the person is),
  ``Library.draft(text, key)``.
* ``Rulebook``: ``key title issuer number region since digest provisions provision(id) days`` and its
  chapters, each typed and naming its provision, or ``None`` where the instrument is silent:
  ``exam study fee routes route_for review_methods enrolment counter_for documents award
  consequences oversight contacts client_requirements notes``. A route that hangs on a fact
  nobody gave raises ``book.Undecided``; one that no sentence gives raises ``book.Silent``.
* One person: ``facts.Facts.of({...})``, ``facts.Entry(...)``, ``facts.Asked(purpose, year)`` and
  ``assess.assess(book, facts, entries, asked) -> findings.Assessment``.
* The quickest way: ``planner.plan(book, facts, entries, asked, offers, by) -> Plan | None``.
* A population: ``columns.plan.plan(book, asked, layout) -> Plan`` runs on wide frames of Polars or Spark
  (``columns.gather`` makes them), or raises ``columns.beyond.Beyond``.
* A draft: ``simulate.simulate(before, after, asked, population) -> Difference``, ``comparing.compare``.

How a question is answered: ``question`` reads the rulebook once per purpose and year; ``likeness`` says what
entries with the same marks amount to; ``lines`` makes lines of entries; ``terms`` says what is owed and how it
is relieved; ``measure`` what there is; ``walk`` puts them together. Hours and money leave this floor as
``Decimal``; inside, hours are whole 1/1800ths (``whole``).
"""
