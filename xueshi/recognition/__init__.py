"""Who must confirm what, in which order (审验).

Promises: the right verifier is found from the person's facts and the notice's routes, with the clause that says so;
each review has exactly one owner; nobody verifies his own slip. Locks: the review's row.
"""
