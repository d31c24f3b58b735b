"""Rules and holidays."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.rule import Rule
from nigoh.errors import Forbidden, Invalid, Missing, Stale
from nigoh.office.rule_desk import RuleDesk
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.rules import (
    HolidayModel,
    Holidays,
    RuleIn,
    RuleModel,
    TrialIn,
    TrialModel,
    holiday_days,
    holiday_models,
    rule_model,
    trial_model,
)
from nigoh.server.models.texts import Identifier
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.times import to_unix_s
from nigoh.storage.database.database import Database
from nigoh.storage.database.rules import Holidays as StoredHolidays
from nigoh.storage.database.rules import Rules

Reader = Annotated[Principal, needs(Permission.RULES_READ)]
Writer = Annotated[Principal, needs(Permission.RULES_WRITE)]


def rules_router(database: Database, desk: RuleDesk) -> APIRouter:
    """The routes of rules. They name all cameras: who may see some of them alone reads none."""
    router = APIRouter(prefix="/rules", tags=["rules"], route_class=RepeatableRoute)

    @router.get("")
    def list_rules(who: Reader, paging: Paging, request: Request, response: Response) -> Listed[RuleModel]:
        """Rules, by name."""
        _require_all_cameras(who)
        with database.read() as connection:
            page = Rules(connection).page(paging)
        return listed(page, rule_model, request, response)

    @router.post("", status_code=HTTPStatus.CREATED)
    def add_rule(who: Writer, body: RuleIn, response: Response, reason: Reason = None) -> RuleModel:
        """Add a rule. It holds for what comes in from now on."""
        _require_all_cameras(who)
        made = desk.add(actor_of(who, reason), body.rule())
        set_version(response, made.version)
        response.headers["Location"] = f"/api/v1/rules/{made.id}"
        return rule_model(made)

    @router.post("/trial")
    def try_rule(who: Reader, body: TrialIn) -> TrialModel:
        """What a rule would have told of what was seen in that time, as people and lists are now."""
        _require_all_cameras(who)
        since, until = to_unix_s(body.since), to_unix_s(body.until)
        if since is None or until is None:
            raise Invalid("since", "a trial has a beginning and an end")
        return trial_model(desk.try_out(body.rule.rule(), since, until))

    @router.get("/holidays")
    def list_holidays(who: Reader) -> list[HolidayModel]:
        """Days on which rules may hold or not."""
        _require_all_cameras(who)
        with database.read() as connection:
            return holiday_models(StoredHolidays(connection).all())

    @router.put("/holidays")
    def set_holidays(who: Writer, body: Holidays, reason: Reason = None) -> list[HolidayModel]:
        """These are the holidays, and no others."""
        _require_all_cameras(who)
        desk.set_holidays(actor_of(who, reason), holiday_days(body))
        return holiday_models(dict(sorted(holiday_days(body).items())))

    @router.get("/{rule}")
    def show_rule(who: Reader, rule: Identifier, response: Response) -> RuleModel:
        """A rule."""
        _require_all_cameras(who)
        found = _found(database, rule)
        set_version(response, found.version)
        return rule_model(found)

    @router.put("/{rule}")
    def change_rule(
        who: Writer,
        rule: Identifier,
        body: RuleIn,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> RuleModel:
        """Put this rule in its place; what it told is remembered."""
        _require_all_cameras(who)
        version, before = expected_version(if_match, "rule", rule), _found(database, rule)
        if version is not None and version != before.version:
            raise Stale("rule", rule)
        changed = desk.change(actor_of(who, reason), body.rule(before))
        set_version(response, changed.version)
        return rule_model(changed)

    @router.delete("/{rule}", status_code=HTTPStatus.NO_CONTENT)
    def remove_rule(
        who: Writer, rule: Identifier, if_match: Annotated[str | None, Header()] = None, reason: Reason = None
    ) -> None:
        """Remove a rule; the alerts that it raised stay."""
        _require_all_cameras(who)
        desk.remove(actor_of(who, reason), rule, version=expected_version(if_match, "rule", rule))

    return router


def _found(database: Database, rule_id: str) -> Rule:
    with database.read() as connection:
        found = Rules(connection).get(rule_id)
    if found is None:
        raise Missing("rule", rule_id)
    return found


def _require_all_cameras(who: Principal) -> None:
    if who.cameras is not None:
        raise Forbidden("rules are about all cameras", "Ask somebody who may see all of them.")
