"""The same law for a whole population: one row per person, a column per year and kind of entry.

* ``layout.Layout``: what the columns of a wide frame mean; as JSON beside the frame.
* ``plan.plan(book, asked, layout) -> Plan``, or ``beyond.Beyond(provision, why)`` where a rule has no form here.
"""
