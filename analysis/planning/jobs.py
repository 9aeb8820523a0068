"""The work of making a plan."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from accounts.enums import NotificationKind
from accounts.operations.notifications import notify
from analysis.planning.gather import read_catalogue
from analysis.planning.operations import GENERATE
from exercises.rows import catalogue_version
from fitai.common.actors import Actor
from fitai.common.ids import derived
from fitai.common.jobs import Claim, PermanentFailure, handles
from templates_app.enums import Source
from templates_app.operations.templates import create_template
from templates_app.plan import Plan
from templates_app.planner import PLANNER_VERSION, History, PlannerFault, PlanRequest, Undecided, lint, plan

LEASE = timedelta(minutes=3)  # the solver says nothing until it has ended


@handles(GENERATE, queue="ai", max_attempts=3, visible=True, lease=LEASE)
def generate_plan(claim: Claim) -> Mapping[str, Any]:
    """Solve, judge, and keep what stood the test as a private template; wishes that exclude each other make none."""
    assert claim.job.user_id is not None  # noqa: S101  every plan is somebody's
    actor = Actor(user_id=claim.job.user_id, via="job")
    request = PlanRequest.from_json(claim.payload["request"])
    history = History.from_json(claim.payload["history"])
    claim.advance(0.1, "reading")
    version, catalogue = catalogue_version(), read_catalogue(actor)
    claim.advance(0.2, "planning")
    try:
        proposal = plan(request, catalogue, history)
    except Undecided as fault:
        raise PermanentFailure("undecided_plan", str(fault)) from fault
    except PlannerFault as fault:
        raise PermanentFailure("invalid_plan", str(fault)) from fault
    said = proposal.to_json()
    result = {
        "template_id": None,
        "source": "solver",
        "explanation": said["explanation"],
        "trade_offs": said["trade_offs"],
        "conflicts": said["conflicts"],
        "lint": None,
        "catalogue_version": version,
        "planner_version": PLANNER_VERSION,
    }
    if proposal.plan is None:
        return result
    claim.advance(0.8, "judging")
    findings = lint(Plan.from_json(said["weeks"]), request, catalogue, history)  # what is kept is what is judged
    if findings.refusals:
        raise PermanentFailure("invalid_plan", "; ".join(item.text for item in findings.refusals))
    body = {
        "id": str(derived(claim.job.pk, "template")),
        "name": proposal.name,
        "goal": request.goal,
        "level": request.level,
        "weeks": said["weeks"],
    }
    generation = {name: said[name] for name in ("explanation", "trade_offs")}
    with claim.writing():
        template = create_template(actor, body, source=Source.GENERATED, generation=generation)
        about = {"what": "plan", "template_id": str(template.pk)}
        notify(actor.user_id, NotificationKind.ANALYSIS, dedupe_key=f"plan:{claim.job.pk}", params=about)
    return {**result, "template_id": str(template.pk), "lint": findings.to_json()}
