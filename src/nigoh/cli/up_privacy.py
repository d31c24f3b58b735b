"""What `nigoh up` promises about data: what it connects to, and how long it keeps what was seen."""

import logging
import threading
import time
from contextlib import ExitStack

from nigoh.cli.up_following import FollowRetention
from nigoh.config.engine_settings import EngineSettings
from nigoh.deployment_wiring import Deployment
from nigoh.office.erasure import Eraser
from nigoh.office.privacy_keeper import KeeperParts, PrivacyKeeper
from nigoh.office.privacy_thread import PrivacyThread
from nigoh.office.row_retention import RetentionParts, RowRetention
from nigoh.office.settings_office import SettingsOffice
from nigoh.outbound import Outbound
from nigoh.outbound.guard import install_guard
from nigoh.storage.clip_files import clip_remover

_log = logging.getLogger(__name__)


def open_gate(settings: EngineSettings) -> Outbound:
    """The gate of this process; with the switch on, a guard holds all of its sockets to it until the process ends."""
    gate = settings.network.gate()
    if gate.policy.listed_only:
        install_guard(gate)
        _log.info("only %d listed hosts and networks are connected to", len(gate.policy.allowed))
    return gate


def keep_promises(changes: SettingsOffice, deployment: Deployment, stack: ExitStack) -> None:
    """Remove what has to go, now and every hour, until the stack is left; at the times that the settings say then."""
    settings = changes.begun_with
    stopping, recordings = threading.Event(), settings.recordings_folder
    database, media, privacy = deployment.database, deployment.media, settings.privacy
    parts = RetentionParts(media=media, destroy_key=deployment.vault.destroy, remove_clips=clip_remover(recordings))
    keeper = PrivacyKeeper(
        KeeperParts(
            database=database,
            media=media,
            eraser=Eraser(database, media, recordings, lambda: changes.wanted.privacy.erasure, now=time.time),
            retention=RowRetention(database, parts, stopping=stopping),
            times=privacy.times,
            anchor=privacy.audit_anchor,
        )
    )
    changes.attach(FollowRetention(keeper))
    stack.enter_context(PrivacyThread(keeper, stopping))
