"""The live workout as two pure functions: `decide` says what an operation means, `evolve` folds what was accepted.

Nothing here knows Django, a clock or a connection: the state of a workout is the fold of its events in the order
of their stamps, and everything else (the shape on the wire, the totals, the records) is a function of that state.
"""
