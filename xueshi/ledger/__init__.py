"""Hours earned, and what they amount to under the law.

Promises: a line is added once (unique `source`) and never changed; a mistake is undone by one reversing line.
Locks: the person's row. Public: `actions.post`, `actions.reverse`, `queries.statement_for`, `standing.of`.
"""
