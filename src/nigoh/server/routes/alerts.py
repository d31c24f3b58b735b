"""Alerts."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.alert import Alert, AlertState
from nigoh.domain.alert_filter import AlertFilter
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.errors import Missing
from nigoh.office.alert_desk import AlertDesk
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.alerts import AlertActIn, AlertModel, ExplanationModel, alert_model, explanation_model
from nigoh.server.models.sightings import Names
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.times import GivenTime, to_unix_s
from nigoh.storage.database.alerts import Alerts
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings

_MOST_CAMERAS = 200

Reader = Annotated[Principal, needs(Permission.ALERTS_READ)]


def alerts_router(database: Database, desk: AlertDesk) -> APIRouter:
    """The routes of alerts. Those that began on cameras that somebody may not see are not there for them."""
    router = APIRouter(tags=["alerts"], route_class=RepeatableRoute)

    @router.get("/alerts")
    def list_alerts(
        who: Reader,
        paging: Paging,
        request: Request,
        response: Response,
        *,
        state: Annotated[list[AlertState], Query(max_length=len(AlertState), description="One of these.")] = [],  # noqa: B006 - FastAPI copies it
        camera: Annotated[list[ShortText], Query(max_length=_MOST_CAMERAS, description="Began on one.")] = [],  # noqa: B006 - as above
        person: ShortText | None = None,
        rule: ShortText | None = None,
        sighting: ShortText | None = None,
        since: Annotated[GivenTime | None, Query(description="Raised not before.")] = None,
        until: Annotated[GivenTime | None, Query(description="Raised before.")] = None,
    ) -> Listed[AlertModel]:
        """Alerts, the newest first."""
        asked = frozenset(CameraId(each) for each in camera) if camera else None
        wanted = AlertFilter(
            states=frozenset(state),
            cameras=who.narrowed(asked),
            person=None if person is None else PersonId(person),
            rule=rule,
            sighting=sighting,
            from_unix_s=to_unix_s(since),
            to_unix_s=to_unix_s(until),
        )
        with database.read() as connection:
            page = Alerts(connection).page(wanted, paging)
        names = _names(database, who, page.items)
        return listed(page, lambda each: alert_model(each, names, who.sees), request, response)

    @router.get("/alerts/{alert}")
    def show_alert(who: Reader, alert: Identifier, response: Response) -> AlertModel:
        """An alert."""
        found = _found(database, who, alert)
        set_version(response, found.version)
        return alert_model(found, _names(database, who, [found]), who.sees)

    @router.post("/alerts/{alert}/acts")
    def act_on_alert(
        who: Annotated[Principal, needs(Permission.ALERTS_READ, Permission.ALERTS_WRITE)],
        alert: Identifier,
        body: AlertActIn,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> AlertModel:
        """Acknowledge, confirm, reject, close it, or say something about it."""
        _found(database, who, alert)
        version = expected_version(if_match, "alert", alert)
        done = desk.act(actor_of(who, reason), alert, body.act, body.comment, version=version)
        set_version(response, done.version)
        return alert_model(done, _names(database, who, [done]), who.sees)

    @router.get("/sightings/{sighting}/explanation")
    def explain_sighting(
        who: Annotated[Principal, needs(Permission.SIGHTINGS_READ, Permission.ALERTS_READ, Permission.RULES_READ)],
        sighting: Identifier,
    ) -> ExplanationModel:
        """Why there is an alert of a sighting, or none."""
        with database.read() as connection:
            record = Sightings(connection).get(sighting)
        if record is None or not who.sees(record.camera):
            raise Missing("sighting", sighting)
        return explanation_model(desk.explain(sighting))

    return router


def _found(database: Database, who: Principal, alert_id: str) -> Alert:
    with database.read() as connection:
        found = Alerts(connection).get(alert_id)
    if found is None or (found.camera is None and who.cameras is not None):
        raise Missing("alert", alert_id)
    if found.camera is not None and not who.sees(found.camera):
        raise Missing("alert", alert_id)
    return found


def _names(database: Database, who: Principal, alerts: Iterable[Alert]) -> Names:
    people = {each for alert in alerts for each in (alert.person, alert.other) if each is not None}
    if not people or not who.may(Permission.PEOPLE_READ):
        return {}
    with database.read() as connection:
        return {person: found.name for person, found in People(connection).get_many(people).items()}
