"""The tour's plan: made by the solver, started, trained once, and what it says next."""

import secrets
from decimal import Decimal
from typing import Any

from fitai.demo import page
from fitai.demo.errors import expect
from fitai.demo.phone import Phone
from fitai.demo.watch import Watch

Json = dict[str, Any]
WISHES: Json = {
    "goal": "hypertrophy",
    "level": "intermediate",
    "days_per_week": 4,
    "minutes": 60,
    "weeks": 6,
    "equipment": ["barbell", "dumbbell", "bench", "rack", "pull_up_bar", "cable"],
    "injuries": [],
    "seed": 1,
}
START_KG = Decimal(40)
"""What the person lifts where the plan asks them to find a weight."""
SECONDS = 60.0
SHOWN = 3


async def follow_a_plan(phone: Phone, watch: Watch) -> None:
    """Wish for a plan, read its first week, train its first day, and see what changes."""
    page.chapter("8  A plan")
    if "worker:ai" in await phone.degraded():
        page.line("skipped", "no worker of this server makes plans now")
        return
    page.line("wished", f"{WISHES['goal']}, {WISHES['days_per_week']} days of {WISHES['minutes']} minutes")
    asked = await phone.post("/templates/ai-generate", WISHES, status=202, key=secrets.token_hex(12))
    job = await watch.see_job_end(asked["job_id"], SECONDS)
    expect(job["status"] == "succeeded", "a plan", f"the job {job['status']}: {job['error']}")
    made = await phone.get(f"/templates/ai-jobs/{asked['job_id']}")
    expect(made["template_id"] is not None, "a plan for these wishes", f"they exclude each other: {made['conflicts']}")
    template = await phone.get(f"/templates/{made['template_id']}")
    show_week(template)
    for label in ("explanation", "trade_offs"):
        for statement in made[label][:SHOWN]:
            page.line(label.replace("_", "-"), statement["text"])
    path = f"/templates/{template['id']}"
    await phone.post(f"{path}/start", {}, status=201, key=secrets.token_hex(12))
    first = await phone.get(f"{path}/next")
    page.line("started", f"next is {first['position']}: {first['day']['name']}")
    await train(phone, template["id"], first)
    following = await phone.get(f"{path}/next")
    expect(following["day"]["id"] != first["day"]["id"], "another day next", f"it is {following['position']}")
    page.line("next", f"{following['position']}: {following['day']['name']}")
    again = await phone.get(f"{path}/next")
    expect(again == following, "the same answer to the same question", "it changed")


def show_week(template: Json) -> None:
    """The first week of a plan, a line an exercise."""
    names = {exercise["id"]: exercise["name"] for exercise in template["exercises"]}
    count = page.counted(len(template["weeks"]), "week")
    page.line("plan", f"“{template['name']}”: {count}, the first of which is")
    for day in template["weeks"][0]["days"]:
        page.heading(day["name"], None)
        for entry in day["exercises"]:
            work = [item for item in entry["sets"] if item["kind"] != "warmup"]
            page.line("", f"{names[entry['exercise_id']]}: {len(work)} × {amount(work[0])}")
    print(flush=True)


def amount(item: Json) -> str:
    """What one set asks for."""
    if item["reps"] is None:
        return f"{item['seconds']} s"
    most = f"–{item['reps_max']}" if item["reps_max"] else ""
    return f"{item['reps']}{most}"


async def train(phone: Phone, template_id: str, day: Json) -> None:
    """Do all that the day asks for."""
    key = secrets.token_hex(12)
    workout = await phone.post("/workouts", {"template_id": template_id}, status=201, key=key)
    path = f"/workouts/{workout['id']}"
    wanted = [exercise["exercise_id"] for exercise in day["exercises"]]
    planned = [entry["exercise_id"] for entry in workout["exercises"]]
    expect(planned == wanted, "the workout to hold what is next", f"it holds {planned}")
    await phone.post(f"{path}/start", {}, key=secrets.token_hex(12))
    for entry in workout["exercises"]:
        for item in entry["sets"]:
            await phone.ask("PUT", f"{path}/set/{item['id']}", done(item["target"]), key=secrets.token_hex(12))
    summary = (await phone.post(f"{path}/complete", {}, key=secrets.token_hex(12)))["summary"]
    page.line("trained", f"{summary['totals']['sets']} sets as planned, warm-ups not counted")


def done(target: Json) -> Json:
    """The set as it was asked for, with a weight where the plan left it open."""
    body: Json = {"completed": True}
    for name in ("duration_seconds", "distance", "distance_unit"):
        if target.get(name) is not None:
            body[name] = target[name]
    if target.get("reps") is not None:
        body["reps"] = target["reps_max"] if target.get("reps_max") else target["reps"]
        body["weight"] = target.get("weight") or str(START_KG)
        body["weight_unit"] = target.get("weight_unit") or "kg"
    return body
