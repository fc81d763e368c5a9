"""A province that is made up: years of change events of every feed, with the truth about its troubles beside them, and the scorer.

`docs/province.md` tells what is played. The simulator knows nothing of how verdicts are reached: it works out its own truth from the
plain terms of the contracts, so that the two can be compared. Only trial.py runs Nhịp.
"""
