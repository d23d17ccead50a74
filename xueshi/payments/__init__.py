"""Fees owed, paid, receipted; notices from the bank, each believed once.

Money is Decimal yuan. Promises: an order is paid at most once, whichever way; a repeated, late, forged or wrong
notice changes nothing, and all are kept; money that came too late is kept to be given back. Locks: the order's row.
Public: `actions` (verbs that `training` calls), `queries.order_for`, `queries.receipt_for`, `queries.day_for`,
`settling_queries.notices_to_settle`, `rules.Price`.
"""
