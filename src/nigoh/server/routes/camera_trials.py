"""Looking for cameras in the network; trying them before they are added, and while they are doubted."""

from typing import Annotated

from fastapi import APIRouter

from nigoh.domain.access import Permission, Principal
from nigoh.domain.sighting import CameraId
from nigoh.errors import Forbidden, Invalid
from nigoh.office.camera_finder import CameraFinder
from nigoh.office.camera_tester import CameraTester
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs, require_camera
from nigoh.server.models.camera_discovery import DiscoveryIn, DiscoveryModel, discovery_model
from nigoh.server.models.camera_trials import CameraTestIn, CameraTrialModel, camera_trial_model


def camera_trials_router(tester: CameraTester, finder: CameraFinder) -> APIRouter:
    """The routes of trials and of looking around."""
    router = APIRouter(prefix="/cameras", tags=["cameras"])

    @router.post("/test")
    def test_camera(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE, Permission.LIVE)],
        body: CameraTestIn,
        reason: Reason = None,
    ) -> CameraTrialModel:
        """Connect to a camera, listen and look: what it sends, a picture, how large faces are, what to change.

        It takes twice the seconds that are asked for, and a while to connect.
        """
        actor = actor_of(who, reason)
        if body.camera is not None:
            require_camera(who, CameraId(body.camera))
            return camera_trial_model(tester.test_camera(actor, CameraId(body.camera), body.seconds))
        if body.address is None:
            raise Invalid("url", "say camera or url")
        return camera_trial_model(tester.test(actor, body.address, body.transport, body.seconds))

    @router.post("/discovery")
    def discover_cameras(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)], body: DiscoveryIn, reason: Reason = None
    ) -> DiscoveryModel:
        """Ask the local network for ONVIF cameras, and those that answer for their streams. Nothing is added.

        User and password are shown to whoever answers, as a digest.
        """
        # Whoever may see some cameras alone learns of no others.
        if who.cameras is not None:
            raise Forbidden("you may see some cameras alone", "Ask who may see all cameras.")
        return discovery_model(finder.find(actor_of(who, reason), body.seconds, body.login))

    return router
