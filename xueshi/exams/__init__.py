"""Questions, papers, attempts, answers, marks.

Promises: a paper is frozen when an attempt starts; the deadline is fixed then from the database's clock; an
acknowledged answer is never lost; an attempt that ends unsubmitted has no score and costs a chance (CQ-16).
Keys leave this floor only with the review of a finished mock exam. Locks: the attempt's row; for a bank its
import's row, then its own.

`actions.start`, `save_answers`, `take_seat`, `submit`, `close`, `start_mock`, `submit_mock`;
`actions.receive_sheet`, `confirm_import`, `discard_import`; `queries.paper_for`, `result_for`, `attempts_for`.
"""
