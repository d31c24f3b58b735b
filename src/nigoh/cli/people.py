"""`nigoh people`: who is enrolled."""

import click

from nigoh.cli.command_group import CommandGroup

_COMMANDS = {
    "add": ("nigoh.cli.people_add", "Enrol somebody, with photos."),
    "list": ("nigoh.cli.people_list", "Show who is enrolled."),
    "show": ("nigoh.cli.people_show", "Show somebody and their photos."),
    "edit": ("nigoh.cli.people_edit", "Change somebody's details, lists and photos."),
    "merge": ("nigoh.cli.people_merge", "Make two entries of one person one."),
    "remove": ("nigoh.cli.people_remove", "Erase somebody for good, with a report."),
    "check": ("nigoh.cli.people_check", "Say how good photos are, without saving anything."),
    "find": ("nigoh.cli.people_find", "Say who is in a photo."),
    "import": ("nigoh.cli.people_import", "Enrol many people: a folder, a ZIP or a CSV."),
    "export": ("nigoh.cli.people_export", "Write people and their photos into a ZIP."),
    "lists": ("nigoh.cli.people_lists", "The watch lists: add, list, edit, remove."),
}


@click.group("people", cls=CommandGroup, table=_COMMANDS)
def command() -> None:
    """People: enrol them by photos, find, change and erase them, and keep the watch lists that they stand on.

    WHO is somebody's identifier, their external id, or a name in any script and spelling that one person alone has.
    A running nigoh follows within two seconds.
    """
