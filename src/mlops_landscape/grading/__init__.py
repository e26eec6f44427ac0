"""Grading: the work of a class, run where it can do no harm, checked, reported and exported.

The parts in the order in which they are used: `submissions` finds and unpacks what was handed in,
`grade` runs it (in `sandbox`) and checks what it left behind, `records` keeps what came of it,
`reports` and `exports` show it to people and to other systems.
"""
