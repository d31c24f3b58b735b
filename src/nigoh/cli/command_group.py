"""A group of commands, each in a file that is imported when its command is used."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

CommandTable = Mapping[str, tuple[str, str]]
"""Commands by name: the module whose attribute `command` it is, and what it does in one line."""


class HelpfulGroup(click.Group):
    """Commands whose help is shown when none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without any argument the help is shown, as help and not, squeezed into one line, as an error."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True, color=ctx.color)
            ctx.exit(2)
        return super().parse_args(ctx, args)


class CommandGroup(HelpfulGroup):
    """Commands in the order of their table, in which a newcomer meets them."""

    def __init__(self, *arguments: Any, table: CommandTable, **values: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*arguments, **values)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        del ctx
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in self._table:
            return None
        command = import_module(self._table[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._table.items()])
