"""Questions, papers, attempts, answers, marks.

Promises: a paper is frozen when an attempt starts; the deadline is fixed then from the database's clock; an
acknowledged answer is never lost; an attempt that ends unsubmitted has no score and costs a chance (CQ-16).
Keys never leave this floor before the result. Locks: the attempt's row.
"""
