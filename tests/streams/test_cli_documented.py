"""docs/commands.md names every command, subcommand and option, and each of its examples is one that the command line takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from streams.cli import COMMANDS, main
from streams.settings import HERE

PAGE = (HERE / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS: dict[str, str] = dict(re.findall(r"^## nhip (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = re.findall(r"^(?:[A-Z_]+=\S+ )*nhip (.+)$", PAGE, re.MULTILINE)


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    with click.Context(main) as ctx:
        for name in COMMANDS:
            command = main.get_command(ctx, name)
            assert command is not None
            if isinstance(command, click.Group):
                yield from (((name, sub), one) for sub, one in command.commands.items())
            else:
                yield (name,), command


LEAVES = dict(commands())


def called(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """An example's command, and what it is given."""
    name = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in LEAVES), None)
    assert name is not None, f"no such command: nhip {' '.join(words)}"
    return name, words[len(name) :]


def test_every_command_has_a_section_and_no_other_has() -> None:
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("name", LEAVES, ids=" ".join)
def test_every_command_has_an_example_in_its_own_section(name: tuple[str, ...]) -> None:
    assert re.search(rf"^(?:[A-Z_]+=\S+ )*nhip {' '.join(name)}\b", SECTIONS[name[0]], re.MULTILINE)


@pytest.mark.parametrize("name", LEAVES, ids=" ".join)
def test_every_option_is_named_in_its_commands_section(name: tuple[str, ...]) -> None:
    options = [o for o in LEAVES[name].params if isinstance(o, click.Option)]
    missing = [o.opts[0] for o in options if not any(f"{opt}" in SECTIONS[name[0]] for opt in (*o.opts, *o.secondary_opts))]
    assert missing == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_one_that_the_command_takes(example: str) -> None:
    name, given = called(shlex.split(example))
    command = LEAVES[name]
    values, rest, _ = command.make_parser(click.Context(command)).parse_args(list(given))
    assert rest == []
    assert all(values.get(str(p.name)) is not None for p in command.params if p.required)


@pytest.mark.parametrize("name", LEAVES, ids=" ".join)
def test_every_command_says_in_its_help_what_it_does(name: tuple[str, ...]) -> None:
    command = LEAVES[name]
    assert (command.help or "").strip()
    assert all(o.help for o in command.params if isinstance(o, click.Option))


@pytest.mark.parametrize("name", LEAVES, ids=" ".join)
def test_every_commands_help_ends_with_examples_that_it_takes(name: tuple[str, ...]) -> None:
    examples = re.findall(rf"nhip {' '.join(name)}\b([^;\n]*)", LEAVES[name].epilog or "")
    assert examples
    for given in examples:
        LEAVES[name].make_parser(click.Context(LEAVES[name])).parse_args(shlex.split(given))


@pytest.mark.parametrize("name", sorted({name[0] for name in LEAVES if len(name) == 2}))
def test_no_sentence_about_a_subcommand_is_cut(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"], terminal_width=80).output.partition("Commands:")[2]
    assert told
    assert "..." not in told


def test_an_example_of_the_page_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(AssertionError, match="no such command"):
        called(["quarantine", "empty"])
    command = LEAVES["lag",]
    with pytest.raises(click.NoSuchOption):
        command.make_parser(click.Context(command)).parse_args(["--ahead"])


def test_the_help_of_nhip_shows_examples_a_line_each() -> None:
    lines = [line.split("  ")[0] for line in CliRunner().invoke(main, ["--help"]).output.replace("    nhip", "nhip").splitlines()]
    assert {"nhip demo", "nhip status", "nhip why 25459/ho-ngheo"} <= set(lines)


@pytest.mark.parametrize("name", LEAVES, ids=" ".join)
def test_an_example_can_be_copied_from_the_help_of_a_narrow_terminal(name: tuple[str, ...]) -> None:
    lines = CliRunner().invoke(main, [*name, "--help"], terminal_width=40).output.partition("Example")[2].splitlines()[1:]
    assert [line for line in lines if not line.startswith("    ")] == []
    assert all("nhip " in line for line in lines)


def test_a_command_that_is_mistyped_is_told_which_one_was_meant() -> None:
    told = CliRunner().invoke(main, ["statsu"])
    assert (told.exit_code, "did you mean `nhip status`?" in told.output) == (2, True)
    assert "did you mean" not in CliRunner().invoke(main, ["xyz"]).output
