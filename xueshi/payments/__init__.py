"""Fees owed, paid, receipted; notices from the bank, each believed once.

Money is Decimal yuan. Promises: an order is paid at most once, whichever way; a repeated, late, forged or wrong notice
changes nothing. Locks: the order's row.
"""
