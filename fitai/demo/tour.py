"""The story of the tour: one person, two devices, a day of training and a worker that dies in between; then a set on
video, and a plan."""

import secrets
import time
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from fitai.demo import page
from fitai.demo.day import Day, DayExercise, DaySet
from fitai.demo.errors import expect
from fitai.demo.film import film_a_set
from fitai.demo.fold import Copy, differences, find_exercise, find_set, sets_of, without_records
from fitai.demo.local import Local
from fitai.demo.phone import Phone
from fitai.demo.plan import follow_a_plan
from fitai.demo.watch import ME, Watch

Json = dict[str, Any]
SLIP_KG = Decimal(25)  # a plate too many on the phone's screen
REST_SECONDS = 3
SHORT_REST_SECONDS = 1
NOT_LOCAL = "no `make run` of this machine and FITAI_HOME keeps this server alive"


class Tour:
    """A tour of the FitAI at two addresses; `local` where it runs on this machine."""

    def __init__(self, http: str, ws: str, local: Local | None) -> None:
        self.http = http
        self.ws = ws
        self.local = local
        self.phone = Phone(http)
        self.watch = Watch(ws)
        self.name = f"tour-{secrets.token_hex(4)}"
        self.password = secrets.token_urlsafe(12)
        self.matches: dict[str, Json] = {}
        self.workout_id = ""

    async def take(self, day: Day, source: str) -> None:
        """Tell all of it. Raises Unexpected at the first thing that does not hold."""
        print(f"A tour of FitAI at {self.http} (sockets at {self.ws})", flush=True)
        try:
            await self.sign_up()
            await self.find_exercises(day, source)
            await self.begin(day)
            await self.train(day)
            await self.finish()
            await film_a_set(self.phone, self.watch)
            await follow_a_plan(self.phone, self.watch)
        finally:
            await self.watch.go_offline()
            await self.phone.http.aclose()
        print(f"\nAll of it held. Look around as {self.name} / {self.password} at {self.http}/api/docs", flush=True)

    # ── A person and their devices ──

    async def sign_up(self) -> None:
        page.chapter("1  A new person, two devices")
        address = f"{self.name}@example.org"
        person = {"username": self.name, "email": address, "password": self.password, "display_name": "Tour Guest"}
        began = time.monotonic()
        made = await self.phone.post("/auth/register", person, status=201, key=secrets.token_hex(12))
        page.line("registered", f"{made['username']}, {made['email']}")
        if self.local is None:
            page.line("mail", f"not read, for {NOT_LOCAL}; training needs no verified address")
        else:
            mail = await self.local.mail_to(address)
            page.line("mail", f"“{mail.subject}” in mail/{mail.path.name}, {time.monotonic() - began:.1f} s later")
            seen = await self.phone.get(mail.link)
            wanted = {"email": address, "email_verified": True}
            expect(seen == wanted, f"{wanted} behind the link", f"it was {seen}")
            page.line("link", "followed; the address is verified")
        self.watch.token = await self.log_in("Watch")
        self.phone.http.headers["Authorization"] = f"Bearer {await self.log_in('Phone')}"
        devices = [device["name"] for device in (await self.phone.get("/auth/devices"))["results"]]
        expect(sorted(devices) == ["Phone", "Watch"], "two devices, Phone and Watch", f"they are {devices}")
        page.line("logged in", "the phone and the watch, each a device of the account")

    async def log_in(self, device: str) -> str:
        """An access token for a new device."""
        credentials = {"login": self.name, "password": self.password, "device_name": device}
        entered = await self.phone.post("/auth/login", credentials)
        verified = entered["user"]["email_verified"]
        expect(verified == (self.local is not None), f"email_verified {not verified}", f"it is {verified}")
        return str(entered["access"])

    # ── A day and its exercises ──

    async def find_exercises(self, day: Day, source: str) -> None:
        page.chapter("2  A day of training")
        page.line("from", source)
        page.line("day", f"“{day.title}”, {day.began:%-d %B %Y}")
        kinds = ", ".join(f"{count} {page.KINDS[kind]}" for kind, count in day.kinds.items())
        page.line("has", f"{page.counted(len(day.sets), 'set')}: {kinds}; {day.rated} with RPE")
        width = max(len(exercise.name) for exercise in day.exercises)
        for exercise in day.exercises:
            if exercise.name not in self.matches:
                found = await self.phone.post("/exercises/search", {"query": exercise.name, "limit": 3})
                expect(bool(found["results"]), f"an exercise like “{exercise.name}”", "the search found none")
                self.matches[exercise.name] = found["results"][0]
            match = self.matches[exercise.name]
            page.line("search", f"{exercise.name:<{width}} → {match['name']}")
        self.watch.shares = {match["id"]: Decimal(match["bodyweight_share"]) for match in self.matches.values()}

    # ── Training ──

    async def begin(self, day: Day) -> None:
        page.chapter("3  Training in fast time: the phone logs by HTTP, the watch follows by WebSocket")
        made = await self.phone.post("/workouts", {"name": day.title}, status=201, key=secrets.token_hex(12))
        self.workout_id, self.channel = made["id"], f"workout:{made['id']}"
        await self.watch.go_online()
        for channel in (self.channel, ME):
            await self.watch.follow(channel)
        page.line("watch", f"follows; its snapshot is {self.copy['status']}, seq {self.copy['seq']}")
        started = await self.phone.post(f"{self.path}/start", {}, key=secrets.token_hex(12))
        await self.watch.reach(self.channel, started["seq"])
        both = (started["status"], self.copy["status"])
        expect(both == ("in_progress", "in_progress"), "both devices in_progress", f"they are {both}")
        page.line("phone", f"started the workout; both devices are in progress, seq {started['seq']}")

    async def train(self, day: Day) -> None:
        """The day's exercises in their order, each event of the story in its place."""
        *before, offline, last = day.exercises
        broken = len(before) // 2
        await self.log_with_a_slip(before[0])
        await self.rest()
        for exercise in before[1:broken]:
            await self.log(exercise)
        await self.lose_a_worker(before[broken])
        for exercise in before[broken + 1 :]:
            await self.log(exercise)
        await self.lose_the_signal(offline, last)

    async def log(self, exercise: DayExercise) -> None:
        entry = await self.add(exercise)
        for item in exercise.sets:
            await self.log_set(entry, item)

    async def add(self, exercise: DayExercise) -> Json:
        """Put the exercise into the workout, with its note and superset."""
        body = {"exercise_id": self.matches[exercise.name]["id"]}
        details = {"notes": exercise.notes, "superset": exercise.superset}
        body |= {name: value for name, value in details.items() if value is not None}
        entry = await self.phone.post(f"{self.path}/exercises", body, status=201, key=secrets.token_hex(12))
        page.heading(self.matches[exercise.name]["name"], exercise.notes)
        return entry

    async def log_set(self, entry: Json, item: DaySet, *, key: str | None = None, followed: bool = True) -> Json:
        """A set from the phone: the answer says what was sent, and the watch shows it a moment later."""
        sent = item.fields
        began = time.monotonic()
        body = {**sent, "workout_exercise_id": entry["id"]}
        logged = await self.phone.post(f"{self.path}/sets", body, status=201, key=key or secrets.token_hex(12))
        self.expect_as_logged(sent, logged)
        told = ""
        if followed:
            await self.watch.reach(self.channel, logged["seq"])
            told = f"on the watch after {(time.monotonic() - began) * 1000:.0f} ms"
            on_watch = find_set(self.copy, logged["id"])
            expect(on_watch is not None, f"the set of event {logged['seq']} on the watch", "it does not show it")
        page.line(f"seq {logged['seq']}", f"{page.set_text(sent)} {told}")
        page.records(logged["records"])
        return logged

    async def log_with_a_slip(self, exercise: DayExercise) -> None:
        """A wrong weight is logged on the phone, and put right on the watch."""
        slip = next(n for n, item in enumerate(exercise.sets) if item.kind == "working" and item.weight_kg)
        entry = await self.add(exercise)
        for number, item in enumerate(exercise.sets):
            if number == slip:
                await self.slip_and_correct(entry, item)
            else:
                await self.log_set(entry, item)

    async def slip_and_correct(self, entry: Json, item: DaySet) -> None:
        weight = item.weight_kg or Decimal(0)
        wrong = DaySet(item.kind, weight + SLIP_KG, item.reps, item.rpe, item.distance_km, item.duration_seconds)
        logged = await self.log_set(entry, wrong)
        right = {"id": logged["id"], "weight": str(weight), "weight_unit": "kg"}
        answer = await self.watch.do(self.workout_id, "set.update", right)
        expect(answer["status"] == "applied", "the correction applied", f"it is {answer['status']}")
        await self.watch.reach(self.channel, answer["seq"])
        shown = find_set(await self.phone.get(self.path), logged["id"]) or {}
        self.expect_as_logged(item.fields, shown)
        heaviest = next((record["value"] for record in shown["records"] if record["kind"] == "weight"), None)
        wanted = f"the record of {wrong.weight_kg} kg withdrawn"
        expect(heaviest is None or Decimal(heaviest) == weight, wanted, f"the set holds {shown['records']}")
        text = f"{wrong.weight_kg} kg was a slip: the watch corrects it to {weight} kg, and so does the phone"
        page.line(f"seq {answer['seq']}", text)
        page.records(shown["records"])

    async def rest(self) -> None:
        """The watch starts the rest timer and is told of its end."""
        print(flush=True)
        answer = await self.start_rest(REST_SECONDS)
        counted = self.copy["rest"]
        shown = (await self.phone.get(self.path))["rest"]
        expect(shown == counted, f"the rest {counted} on the phone", f"it shows {shown}")
        page.line(f"seq {answer['seq']}", f"the watch starts a rest of {REST_SECONDS} s; the phone counts it down too")
        await self.see_rest_end(shown["ends_at"])

    async def start_rest(self, seconds: int) -> Json:
        answer = await self.watch.do(self.workout_id, "rest.start", {"seconds": seconds})
        await self.watch.reach(self.channel, answer["seq"])
        expect(self.copy["rest"] is not None, "a rest on the watch", "there is none")
        return answer

    async def see_rest_end(self, ends_at: str) -> None:
        await self.watch.until(lambda: self.copy["rest"] is None, "the end of the rest")
        end = next(event for event in reversed(self.watch.events) if event["type"] == "rest.end")
        late = (datetime.fromisoformat(end["at"]) - datetime.fromisoformat(ends_at)).total_seconds()
        expect(late >= 0, "the end of the rest not before its deadline", f"it came {-late:.2f} s early")
        page.line(f"seq {end['seq']}", f"the rest is over: a worker said so {late:.2f} s after the deadline")

    # ── What goes wrong in a gym ──

    async def lose_a_worker(self, exercise: DayExercise) -> None:
        """A worker dies; what it would have done is done by the next one, and a repeated request changes nothing."""
        entry = await self.add(exercise)
        first, *others = exercise.sets
        key = secrets.token_hex(12)
        logged = await self.log_set(entry, first, key=key)
        page.chapter("4  A worker is killed")
        killed = None
        if self.local is None:
            page.line("nobody", f"is killed, for {NOT_LOCAL}")
        else:
            killed = await self.local.kill_worker()
            page.line("kill -9", f"the worker, process {killed.pid}, is gone")
        began = time.monotonic()
        answer = await self.start_rest(SHORT_REST_SECONDS)
        ends_at = self.copy["rest"]["ends_at"]
        page.line(f"seq {answer['seq']}", f"a rest of {SHORT_REST_SECONDS} s starts all the same: its end is a job")
        await self.repeat(entry, first, key, logged)
        await self.see_rest_end(ends_at)
        if self.local is not None and killed is not None:
            worker = await self.local.new_worker(killed)
            page.line(
                "supervisor", f"started a new worker, process {worker.pid}; {time.monotonic() - began:.1f} s in all"
            )
        page.chapter("Training goes on")
        for item in others:
            await self.log_set(entry, item)

    async def repeat(self, entry: Json, item: DaySet, key: str, logged: Json) -> None:
        """The same request under the same key: the first answer again, and nothing logged twice."""
        body = {**item.fields, "workout_exercise_id": entry["id"]}
        again = await self.phone.ask("POST", f"{self.path}/sets", body, status=201, key=key)
        replayed = again.headers.get("Idempotent-Replayed")
        expect(replayed == "true", "Idempotent-Replayed: true", f"it was {replayed}")
        expect(again.json() == logged, "the first answer again", f"it was {again.text}")
        page.line("phone", f"sends its last set again, as after a lost answer: replayed, still seq {logged['seq']}")

    async def lose_the_signal(self, offline: DayExercise, last: DayExercise) -> None:
        """The watch logs out of reach while the phone goes on; afterwards both know everything."""
        entry = await self.add(offline)
        *before, second_last, final = offline.sets
        for item in before:
            await self.log_set(entry, item)
        page.chapter("5  The watch is out of reach")
        await self.watch.reach(self.channel, entry["seq"])
        known = self.copy
        await self.watch.go_offline()
        page.line("watch", f"offline at seq {known['seq']}")
        note = "\n".join(filter(None, (offline.notes, "The last two sets were logged out of reach")))
        placed = find_exercise(known, entry["id"]) or {"sets": []}
        after = placed["sets"][-1]["id"] if placed["sets"] else None
        ops = []
        for item in (second_last, final):
            id = str(uuid4())
            place = {"id": id, "workout_exercise_id": entry["id"], "after": after}
            ops.append(self.watch.operation("set.add", {**place, **item.fields}))
            after = id
            page.line("watch", f"keeps {page.set_text(item.fields)}")
        ops.append(self.watch.operation("exercise.update", {"id": entry["id"], "notes": note}))
        page.line("watch", f"keeps a note: {page.brief(note)}")
        next_entry = await self.add(last)
        meanwhile = await self.log_set(next_entry, last.sets[0], followed=False)
        print(flush=True)
        await self.come_back(ops, known, meanwhile)
        page.chapter("Both train on")
        for item in last.sets[1:]:
            await self.log_set(next_entry, item)

    async def come_back(self, ops: list[Json], known: Json, meanwhile: Json) -> None:
        """Hand in what was done offline, and catch up with the rest."""
        snapshots, heard = self.watch.snapshots, len(self.watch.events)
        await self.watch.go_online()
        results = await self.watch.hand_in(self.workout_id, ops)
        statuses = Counter(result["status"] for result in results)
        details = [f"{result['op_id']}: {result.get('problem')}" for result in results if result.get("problem")]
        expect(statuses == {"applied": len(ops)}, f"{len(ops)} applied", f"they are {dict(statuses)}", details)
        numbers = [result["seq"] for result in results]
        page.line(
            "watch", f"online, hands in {len(ops)} operations at once: applied as seq {numbers[0]} to {numbers[-1]}"
        )
        for channel in (self.channel, ME):
            await self.watch.follow(channel)
        await self.watch.reach(self.channel, numbers[-1])
        told = [event["seq"] for event in self.watch.events[heard:]]
        missed = list(range(known["seq"] + 1, numbers[-1] + 1))
        expect(told == missed, f"the missed events {missed}", f"they were {told}")
        expect(self.watch.snapshots == snapshots, "events after the last seen one", "a snapshot came")
        shown = [find_set(self.copy, id) for id in (ops[0]["payload"]["id"], meanwhile["id"])]
        expect(None not in shown, "the sets of both devices on the watch", f"it shows {shown}")
        page.line(
            "watch", f"catches up from seq {known['seq']}: {page.counted(len(told), 'event')}, its own among them"
        )

    # ── The end ──

    async def finish(self) -> None:
        page.chapter("6  Done")
        done = await self.phone.post(f"{self.path}/complete", {}, key=secrets.token_hex(12))
        await self.watch.reach(self.channel, done["seq"])
        self.show_summary(done["summary"])
        on_phone, on_watch = await self.phone.get(self.path), self.copy
        found = differences(without_records(on_phone), without_records(on_watch), ("phone", "watch"))
        expect(
            not found, "the same workout on both devices", f"they differ in {page.counted(len(found), 'place')}", found
        )
        held = {(item["id"], r["kind"]): Decimal(r["value"]) for item in sets_of(on_phone) for r in item["records"]}
        await self.watch.until(lambda: self.watch.records == held, f"the phone's {len(held)} records")
        page.line("", f"{len(held)} in all; {ME} told the watch of the same")
        count = len(sets_of(on_phone))
        print(f"\nboth devices show the same: {count} sets, seq {on_phone['seq']}", flush=True)

    def show_summary(self, summary: Json) -> None:
        totals = summary["totals"]
        volume = page.number(totals["volume_kg"])
        page.line("totals", f"{totals['sets']} sets without the warm-ups, {totals['reps']} reps, {volume} kg moved")
        names = {match["id"]: match["name"] for match in self.matches.values()}
        for compared in summary["exercises"]:
            heaviest = "" if compared["heaviest_kg"] is None else f", up to {page.number(compared['heaviest_kg'])} kg"
            last = "for the first time" if compared["last_time"] is None else "trained before"
            moved = Decimal(compared["volume_kg"])
            volume = f", {page.number(compared['volume_kg'])} kg" if moved else ""
            text = f"{page.counted(compared['sets'], 'set')}{volume}{heaviest}; {last}"
            page.line("", f"{names[compared['exercise_id']]}: {text}")
        kinds = Counter(page.RECORDS[record["kind"]][0] for record in summary["records"])
        page.line("records", ", ".join(f"{count} × {kind}" for kind, count in kinds.items()))

    # ── Small things ──

    @property
    def path(self) -> str:
        return f"/workouts/{self.workout_id}"

    @property
    def copy(self) -> Json:
        """The workout as the watch knows it."""
        return (self.watch.copy or Copy({})).workout

    def expect_as_logged(self, sent: Json, shown: Json) -> None:
        """What a device shows of a set is what was logged; decimals may be written differently."""
        decimals = ("weight", "rpe", "distance")
        for name, value in sent.items():
            seen = shown.get(name)
            same = seen is not None and Decimal(seen) == Decimal(value) if name in decimals else seen == value
            expect(same, f"{name} {value} as logged", f"it is {seen}")
