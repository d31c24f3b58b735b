"""A moment as an option takes it."""

from datetime import UTC, datetime

import click


class Moment(click.ParamType[float]):
    """A date (its first moment, UTC) or a time of RFC 3339, as seconds since 1970."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Called by click."""
        try:
            moment = datetime.fromisoformat(str(value).strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is no time: write 2026-11-23 or 2026-11-23T07:30:00Z", param, ctx)
