"""All views of the console, in the order of the navigation."""

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.alerts_view import AlertsView
from nigoh.ui.audit_view import AuditView
from nigoh.ui.camera_add_view import CameraAddView
from nigoh.ui.camera_view import CameraView
from nigoh.ui.cameras_view import CamerasView
from nigoh.ui.events_view import EventsView
from nigoh.ui.live_view import LiveView
from nigoh.ui.person_view import PersonView
from nigoh.ui.search_view import SearchView
from nigoh.ui.settings_view import SettingsView
from nigoh.ui.sounds_view import SoundsView
from nigoh.ui.system_view import SystemView
from nigoh.ui.user_add_view import UserAddView
from nigoh.ui.user_list_view import UserListView
from nigoh.ui.view import Entry
from nigoh.ui.welcome_view import WelcomeView

VIEWS: tuple[Entry, ...] = (
    Entry(
        pattern="/live",
        title=lambda say: say("Live"),
        make=LiveView,
        permission=Permission.LIVE,
        icon=ft.Icons.GRID_VIEW_OUTLINED,
        chosen_icon=ft.Icons.GRID_VIEW,
    ),
    Entry(
        pattern="/events",
        title=lambda say: say("Events"),
        make=EventsView,
        permission=Permission.SIGHTINGS_READ,
        icon=ft.Icons.NOTIFICATIONS_OUTLINED,
        chosen_icon=ft.Icons.NOTIFICATIONS,
    ),
    Entry(
        pattern="/events/sounds",
        title=lambda say: say("Sounds and notifications"),
        make=SoundsView,
        permission=Permission.SIGHTINGS_READ,
        parent="/events",
    ),
    Entry(
        pattern="/events/{sighting}",
        title=lambda say: say("Events"),
        make=EventsView,
        permission=Permission.SIGHTINGS_READ,
        parent="/events",
    ),
    Entry(
        pattern="/alerts",
        title=lambda say: say("Alerts"),
        make=AlertsView,
        permission=Permission.ALERTS_READ,
        icon=ft.Icons.NOTIFICATION_IMPORTANT_OUTLINED,
        chosen_icon=ft.Icons.NOTIFICATION_IMPORTANT,
    ),
    Entry(
        pattern="/people",
        title=lambda say: say("People"),
        make=UserListView,
        permission=Permission.PEOPLE_READ,
        icon=ft.Icons.PEOPLE_OUTLINE,
        chosen_icon=ft.Icons.PEOPLE,
    ),
    Entry(
        pattern="/people/new",
        title=lambda say: say("Add people"),
        make=UserAddView,
        permission=Permission.PEOPLE_WRITE,
        parent="/people",
    ),
    Entry(
        pattern="/people/{person}",
        title=lambda say: say("Person"),
        make=PersonView,
        permission=Permission.PEOPLE_READ,
        parent="/people",
    ),
    Entry(
        pattern="/search",
        title=lambda say: say("Search"),
        make=SearchView,
        permission=Permission.SEARCH,
        icon=ft.Icons.PERSON_SEARCH_OUTLINED,
        chosen_icon=ft.Icons.PERSON_SEARCH,
    ),
    Entry(
        pattern="/cameras",
        title=lambda say: say("Cameras"),
        make=CamerasView,
        permission=Permission.CAMERAS_READ,
        icon=ft.Icons.VIDEOCAM_OUTLINED,
        chosen_icon=ft.Icons.VIDEOCAM,
    ),
    Entry(
        pattern="/cameras/new",
        title=lambda say: say("Add a camera"),
        make=CameraAddView,
        permission=Permission.CAMERAS_WRITE,
        parent="/cameras",
    ),
    Entry(
        pattern="/cameras/{name}",
        title=lambda say: say("Camera"),
        make=CameraView,
        permission=Permission.CAMERAS_READ,
        parent="/cameras",
    ),
    Entry(
        pattern="/system",
        title=lambda say: say("System"),
        make=SystemView,
        permission=Permission.SYSTEM_READ,
        icon=ft.Icons.MONITOR_HEART_OUTLINED,
        chosen_icon=ft.Icons.MONITOR_HEART,
    ),
    Entry(
        pattern="/settings",
        title=lambda say: say("Settings"),
        make=SettingsView,
        icon=ft.Icons.SETTINGS_OUTLINED,
        chosen_icon=ft.Icons.SETTINGS,
    ),
    Entry(
        pattern="/settings/{section}",
        title=lambda say: say("Settings"),
        make=SettingsView,
        parent="/settings",
    ),
    Entry(
        pattern="/audit",
        title=lambda say: say("Audit"),
        make=AuditView,
        permission=Permission.AUDIT_READ,
        icon=ft.Icons.FACT_CHECK_OUTLINED,
        chosen_icon=ft.Icons.FACT_CHECK,
    ),
    Entry(
        pattern="/welcome",
        title=lambda say: say("Welcome"),
        make=WelcomeView,
        permission=Permission.CAMERAS_WRITE,
    ),
)
