"""The long form of the differential test: `python -m tests.expectations.engine.hunt --cases 1000 --seed 1`."""

# ruff: noqa: T201  a command prints

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections import Counter

from tests.expectations.engine.cases import Tally, case_of, disagreements, ordinary_case
from tests.expectations.engine.shrinking import shrunk, told
from tests.expectations.engine.suites import SPECIFIC


def main() -> int:
    """Compare cases, print each kind of disagreement once, shrunk, and how much of each type was native."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first case")
    parser.add_argument("--types", default="", help="only types whose name holds one of these words, with commas between")
    parser.add_argument("--ordinary", action="store_true", help="frames and arguments as a stranger has them, instead of nasty ones")
    parser.add_argument("--reasons", action="store_true", help="print why what was not native was not")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    words = options.types.split(",")
    types = tuple(name for name in SPECIFIC if any(word in name for word in words))
    tally, seen = Tally(), Counter[str]()
    for seed in range(options.seed, options.seed + options.cases):
        case = ordinary_case(seed, types) if options.ordinary else case_of(seed, types)
        for number, found in disagreements(case, tally):
            name = case.expectations[number].expectation_type
            seen[name] += 1
            if seen[name] <= 2:
                print(found, "\n ", told(shrunk(case.alone(number))), flush=True)
    _print(tally, seen, reasons=options.reasons, traits=options.ordinary)
    return 1 if seen else 0


def _print(tally: Tally, seen: Counter[str], *, reasons: bool, traits: bool) -> None:
    print(f"{'type':62}{'compared':>9}{'native':>8}{'merged':>8}{'wrong':>6}")
    for name in sorted(tally.compared):
        print(f"{name:62}{tally.compared[name]:9}{tally.native[name]:8}{tally.merged[name]:8}{seen[name]:6}")
    for name in sorted(tally.traits) if traits else ():
        print(f"{name:104}{tally.traits[name]:6}{tally.native_traits[name] / tally.traits[name]:8.1%}")
    total = sum(tally.compared.values())
    print(f"{total} compared, {sum(tally.native.values()) / total:.1%} native, {sum(seen.values())} disagreements")
    for (name, reason), count in tally.reasons.most_common(60) if reasons else ():
        print(f"{count:6} {name}: {reason[:120]}")


if __name__ == "__main__":
    sys.exit(main())
