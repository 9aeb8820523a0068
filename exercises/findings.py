"""What is noticed about an exercise by itself, before a moderator reads it. Pure: from what it says to what is wrong.

Every check is given the content of `exercises.content`; a part of the library that knows more adds its own to `CHECKS`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from exercises.content import TEXTS, Content, split
from exercises.duplicates import Candidate
from exercises.enums import Equipment, Kind, Severity, Tracking

UNSAFE_ADVICE: Final = Path(__file__).parent / "unsafe_advice.json"
STEPS_WANTED: Final = 2
STEP_WORDS: Final = 4
BODY: Final = {
    Equipment.BODYWEIGHT, Equipment.WEIGHTED_BODYWEIGHT, Equipment.ASSISTED, Equipment.SUSPENSION,
    Equipment.PULL_UP_BAR, Equipment.DIP_BARS,
}  # fmt: skip
LOADED: Final = {
    Equipment.BARBELL, Equipment.DUMBBELL, Equipment.KETTLEBELL, Equipment.CABLE, Equipment.MACHINE, Equipment.SMITH,
    Equipment.EZ_BAR, Equipment.TRAP_BAR, Equipment.WEIGHTED_BODYWEIGHT, Equipment.PLATE, Equipment.MEDICINE_BALL,
    Equipment.BAND,
}  # fmt: skip
WEIGHED: Final = (Tracking.WEIGHT_REPS, Tracking.WEIGHT_TIME)
LINK: Final = re.compile(
    r"https?://|www\.|\b[\w-]{2,}\.(?:com|net|org|de|es|io|info|biz|shop|store|fit|club|app|co|me|ly|tv)\b", re.I
)
MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}")
PHONE: Final = re.compile(r"(?<![\w.])\+?\d(?:[\s()./-]{0,2}\d){7,14}(?!\w)")
ADVERTISING: Final = re.compile(
    r"\b(?:buy|order (?:now|here)|discount|promo(?:tion)? code|coupon|sponsored|free trial|subscribe|follow me"
    r"|my (?:channel|shop|course)"
    r"|kauf(?:e|t|en)|rabatt(?:code)?|gutschein|bestell(?:e|en|t)|abonnier(?:e|en|t)|mein (?:kanal|shop|kurs)"
    r"|compra|descuento|cupón|oferta|suscríbete|sígueme|mi (?:canal|tienda|curso))\b",
    re.I,
)
SHOUTED: Final = re.compile(r"\b[^\W\d_]{4,}\b")
SHOUTED_LEAST: Final = 2  # words in capitals, before it is shouting; gyms have their abbreviations


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noticed: a stable code, how much it weighs, the field that it is about, and a sentence for people."""

    code: str
    severity: str
    field: str
    detail: str
    candidates: Sequence[dict[str, Any]] = ()

    def shape(self) -> dict[str, Any]:
        return asdict(self)


Check = Callable[[Content], Iterator[Finding]]


def find(said: Content, duplicates: Sequence[Candidate] = ()) -> list[Finding]:
    """Everything that is noticed, the gravest first. `duplicates` are exercises of nearly the same name."""
    found = [finding for check in CHECKS for finding in check(said)]
    if duplicates:
        names = ", ".join(one.name for one in duplicates)
        detail = f"There is something of nearly this name already: {names}."
        found.append(Finding("duplicate", Severity.WARNING, "name", detail, [one.shape() for one in duplicates]))
    gravity = list(Severity)
    return sorted(found, key=lambda finding: gravity.index(Severity(finding.severity)))


def is_complete(said: Content) -> Iterator[Finding]:
    """Whether somebody could train by it."""
    steps = said["instructions"]
    if not steps:
        yield Finding("no_steps", Severity.ERROR, "instructions", "Nothing says how it is done.")
    elif len(steps) < STEPS_WANTED or any(len(step.split()) < STEP_WORDS for step in steps):
        yield Finding("few_steps", Severity.WARNING, "instructions", "The steps are few or very short.")
    if not said["mistakes"]:
        yield Finding("no_mistakes", Severity.WARNING, "mistakes", "Nothing says what commonly goes wrong.")
    for name in ("pattern", "mechanic", "force"):
        if said[name] is None and not (name == "force" and said["kind"] in (Kind.CARDIO, Kind.MOBILITY)):
            yield Finding(f"no_{name}", Severity.HINT, name, f"Its {name} is not said; plans are balanced by it.")


def fits_together(said: Content) -> Iterator[Finding]:
    """Whether what is said of it can be true at once."""
    equipment = set(said["equipment"])
    both = [muscle for muscle in said["primary_muscles"] if muscle in said["secondary_muscles"]]
    if both:
        detail = f"Both primary and secondary: {', '.join(both)}."
        yield Finding("muscle_twice", Severity.WARNING, "secondary_muscles", detail)
    if float(said["bodyweight_share"]) > 0 and not equipment & BODY:
        detail = "A share of body weight is moved, and nothing of its equipment moves the body."
        yield Finding("share_without_body", Severity.WARNING, "bodyweight_share", detail)
    if said["tracking"] in WEIGHED and not equipment & LOADED:
        detail = "A weight is written down, and nothing of its equipment has one."
        yield Finding("tracking_unfit", Severity.WARNING, "tracking", detail)
    if said["tracking"] == Tracking.ASSISTED_REPS and not equipment & {Equipment.ASSISTED, Equipment.BAND}:
        detail = "Assistance is written down, and nothing of its equipment assists."
        yield Finding("tracking_unfit", Severity.WARNING, "tracking", detail)
    if said["tracking"] == Tracking.DISTANCE_TIME and said["kind"] == Kind.MOBILITY:
        yield Finding("tracking_unfit", Severity.WARNING, "tracking", "Nobody covers a distance by stretching.")


def is_safe(said: Content) -> Iterator[Finding]:
    """Advice that hurts people, in any of the languages: an author may not have said which one it is."""
    for name, text in _texts(said):
        if split(name)[1] == "mistakes":
            continue  # which are there to name it
        told: set[int] = set()  # two languages may have one word
        for advice, reason in _unsafe():
            match = advice.search(text)
            if match and match.start() not in told:
                told.add(match.start())
                yield Finding("unsafe_advice", Severity.ERROR, name, f"“{match.group()}”: {reason}")


def is_about_training(said: Content) -> Iterator[Finding]:
    """Links, addresses and numbers lead elsewhere; advertising and shouting are not instructions."""
    signs = (("link", LINK), ("e_mail", MAIL), ("phone_number", PHONE), ("advertising", ADVERTISING))
    for name, text in _texts(said):
        mail = MAIL.search(text)
        for code, sign in signs:
            match = sign.search(MAIL.sub(" ", text) if code == "link" and mail else text)
            if match:
                yield Finding(code, Severity.ERROR, name, f"“{match.group()}” has no place in an exercise.")
        words = SHOUTED.findall(text)
        loud = [word for word in words if word.isupper()]
        if len(loud) >= SHOUTED_LEAST and len(loud) * 2 > len(words):
            yield Finding("shouting", Severity.HINT, name, f"It shouts: “{' '.join(loud[:3])}”.")


CHECKS: Final[list[Check]] = [is_complete, fits_together, is_safe, is_about_training]


def _texts(said: Content) -> Iterator[tuple[str, str]]:
    """Every text with its field."""
    for name, value in said.items():
        if split(name)[1] in TEXTS and value:
            for text in [value] if isinstance(value, str) else value:
                yield name, text


@cache
def _unsafe() -> list[tuple[re.Pattern[str], str]]:
    lists = orjson.loads(UNSAFE_ADVICE.read_bytes()).values()
    return [(re.compile(rf"\b(?:{advice})", re.IGNORECASE), reason) for one in lists for advice, reason in one]
