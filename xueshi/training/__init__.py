"""What is offered to whom, when, by which base: annual plans, enrolments, accredited training bases.

Promises: one enrolment a person and plan; study opens only by payment (CQ-06 to CQ-08), or at once where the law
asks for none; a lost notice is found by asking. Locks: the order's row, then the enrolment's.
Public: `actions.choose`, `actions.withdraw_choice`, `actions.take_fee`, `actions.pay_online`,
`actions.hear_notice`, `actions.ask_provider`, `queries.plans_for`, `queries.current_plan`,
`queries.enrolments_for`, `queries.counter_for`; `base_queries.may_open` (may this base teach these people this),
`base_actions`, `base_change_actions`, `entrustment_actions`, `base_words`.
"""
