"""The exit codes of every command. `nhip --help` and docs/operating.md tell them to people and supervisors."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """How a command ended."""

    OK = 0
    """All is well."""
    FAILED = 1
    """The work was done and the answer is bad news, or something failed that trying again may mend."""
    USAGE = 2
    """The command, a setting or an input file is wrong: trying again is no use."""
    STALLED = 3
    """A worker lived and read nothing, and ended itself: start it again."""
