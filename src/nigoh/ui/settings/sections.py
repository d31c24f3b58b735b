"""All sections of the settings, in their order."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.console import Console
from nigoh.ui.settings.account import AccountSection
from nigoh.ui.settings.appearance import AppearanceSection
from nigoh.ui.settings.engine_sections import (
    CamerasSection,
    DevicesSection,
    KeepingSection,
    ModelsSection,
    RecognitionSection,
)
from nigoh.ui.settings.lists import ListsSection
from nigoh.ui.settings.rules import RulesSection
from nigoh.ui.settings.tokens import TokensSection
from nigoh.ui.settings.users import UsersSection
from nigoh.ui.view import Place, View
from nigoh.ui.words.say import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section.

    Attributes:
        key: in its address: /settings/KEY.
        title: what it is called.
        icon: beside its title.
        make: makes it, as a view is made.
        permission: what whoever opens it must be permitted; None: nothing.
    """

    key: str
    title: Callable[[Say], str]
    icon: ft.IconData
    make: Callable[[Console, Place], View]
    permission: Permission | None = None


SECTIONS: tuple[Section, ...] = (
    Section(
        key="appearance",
        title=lambda say: say("Language and looks"),
        icon=ft.Icons.PALETTE_OUTLINED,
        make=AppearanceSection,
    ),
    Section(
        key="account",
        title=lambda say: say("My account"),
        icon=ft.Icons.MANAGE_ACCOUNTS_OUTLINED,
        make=AccountSection,
    ),
    Section(key="tokens", title=lambda say: say("API tokens"), icon=ft.Icons.KEY_OUTLINED, make=TokensSection),
    Section(
        key="lists",
        title=lambda say: say("Watch lists"),
        icon=ft.Icons.PLAYLIST_ADD_CHECK,
        make=ListsSection,
        permission=Permission.LISTS_READ,
    ),
    Section(
        key="rules",
        title=lambda say: say("Rules"),
        icon=ft.Icons.RULE,
        make=RulesSection,
        permission=Permission.RULES_READ,
    ),
    Section(
        key="users",
        title=lambda say: say("Users and roles"),
        icon=ft.Icons.GROUP_OUTLINED,
        make=UsersSection,
        permission=Permission.USERS_READ,
    ),
    Section(
        key="recognition",
        title=lambda say: say("Recognition"),
        icon=ft.Icons.FACE_RETOUCHING_NATURAL,
        make=RecognitionSection,
        permission=Permission.SETTINGS_READ,
    ),
    Section(
        key="cameras",
        title=lambda say: say("New cameras"),
        icon=ft.Icons.VIDEOCAM_OUTLINED,
        make=CamerasSection,
        permission=Permission.SETTINGS_READ,
    ),
    Section(
        key="recording",
        title=lambda say: say("Recording and retention"),
        icon=ft.Icons.AUTO_DELETE_OUTLINED,
        make=KeepingSection,
        permission=Permission.SETTINGS_READ,
    ),
    Section(
        key="models",
        title=lambda say: say("Models and licences"),
        icon=ft.Icons.MODEL_TRAINING,
        make=ModelsSection,
        permission=Permission.SYSTEM_READ,
    ),
    Section(
        key="devices",
        title=lambda say: say("Devices"),
        icon=ft.Icons.MEMORY,
        make=DevicesSection,
        permission=Permission.SETTINGS_READ,
    ),
)
