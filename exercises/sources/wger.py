"""The shape of wger's API, `GET /api/v2/exerciseinfo/`: pages `{count, next, previous, results[]}` of exercises
`{id, uuid, category, muscles[], muscles_secondary[], equipment[], license, license_author, translations[]}`.

A translation is `{language, name, description, aliases[], license_author, license_object_url}`, its description HTML. A
saved page, or a list of exercises, is read from a file alike.
"""

from typing import Any

from exercises.enums import Difficulty, Equipment, Kind, Language
from exercises.sources.entries import (
    Entry,
    Unusable,
    aliases,
    identifier,
    lines_of_html,
    listed,
    name,
    text,
    web_address,
    words,
)
from exercises.sources.guesses import gear_in, is_weight, tracking
from exercises.sources.vocabulary import translate, vocabulary

LANGUAGES = {1: Language.GERMAN.value, 2: Language.ENGLISH.value, 4: Language.SPANISH.value}
OWN_LANGUAGE = (Language.ENGLISH.value, Language.GERMAN.value, Language.SPANISH.value)


def page(said: Any) -> tuple[list[Any], str | None]:
    """The entries of a page, and the address of the next. Raises `Unusable` for another document."""
    if isinstance(said, list):
        return said, None
    if not isinstance(said, dict) or not isinstance(said.get("results"), list):
        raise Unusable("no page of exercises")
    following = said.get("next")
    if following is not None and not isinstance(following, str):
        raise Unusable("no page of exercises")
    return said["results"], following or None


def entry(said: Any) -> Entry:
    """One exercise. Raises `Unusable`."""
    if not isinstance(said, dict):
        raise Unusable("that are no exercise")
    known = vocabulary()["wger"]
    translations = _translations(said)
    if not translations:
        raise Unusable("in no language that the library has")
    language = next(one for one in OWN_LANGUAGE if one in translations)
    texts = translations.pop(language)
    doubts: list[str] = []
    category = text(_member(said.get("category"), "name"), 40)
    primary, strange = translate(known["muscles"], _names(said.get("muscles")))
    secondary, also_strange = translate(known["muscles"], _names(said.get("muscles_secondary")))
    doubts += [f"no such muscle: {word}" for word in strange + also_strange]
    if not primary:
        primary, _ = translate(known["categories"], [category])
        doubts.append(f"muscle from the category: {category or 'none'}")
    if not primary:
        raise Unusable("without a muscle that is known")
    equipment, gear_doubts = _equipment(said.get("equipment"), texts["name"])
    kind = Kind.CARDIO if category.lower() == "cardio" else Kind.STRENGTH
    if kind is Kind.STRENGTH and not is_weight(equipment):
        kind = Kind.BODYWEIGHT
    license_said = said.get("license")
    return Entry(
        external_id=identifier(said.get("uuid") or said.get("id")),
        content={
            **texts,
            "language": language,
            "primary_muscles": primary,
            "secondary_muscles": [muscle for muscle in secondary if muscle not in primary],
            "equipment": equipment,
            "kind": kind.value,
            "pattern": "",
            "mechanic": "",
            "force": "",
            "difficulty": Difficulty.BEGINNER.value,
            "tracking": tracking(kind, "", equipment).value,
        },
        translations=translations,
        author=_authors(said),
        license=text(_member(license_said, "short_name") or _member(license_said, "full_name"), 100),
        license_url=web_address(_member(license_said, "url")),
        url=next(filter(None, (web_address(one.get("license_object_url")) for one in _dicts(said))), ""),
        doubts=tuple(doubts + gear_doubts),
    )


def _translations(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is said in each language of ours, the first time it is. One without a name is left out."""
    found: dict[str, dict[str, Any]] = {}
    for one in _dicts(said):
        language = one.get("language")
        code = LANGUAGES.get(language) if type(language) is int else None  # not a bool
        if code is None or code in found:
            continue
        try:
            called = name(one.get("name"))
        except Unusable:
            continue
        found[code] = {
            "name": called,
            "aliases": aliases([_member(alias, "alias") for alias in listed(one.get("aliases"))], called),
            "instructions": lines_of_html(one.get("description")),
        }
    return found


def _equipment(said: Any, called: str) -> tuple[list[str], list[str]]:
    found, strange = translate(vocabulary()["wger"]["equipment"], _names(said))
    doubts = [f"no such equipment: {word}" for word in strange]
    if found:
        return found, doubts
    if _names(said) and not strange:
        return [Equipment.BODYWEIGHT.value], doubts  # a mat alone
    named = gear_in(called)
    if named:
        return named, [*doubts, "equipment from the name, it says nothing"]
    return [Equipment.MACHINE.value], [*doubts, "equipment taken as a machine, it says nothing"]


def _authors(said: dict[str, Any]) -> str:
    names = [text(one.get("license_author"), 100) for one in (said, *_dicts(said))]
    return text(", ".join(dict.fromkeys(filter(None, names))), 200)


def _dicts(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in listed(said.get("translations")) if isinstance(one, dict)]


def _names(said: Any) -> list[str]:
    return words([_member(one, "name") for one in listed(said)])


def _member(said: Any, key: str) -> Any:
    return said.get(key) if isinstance(said, dict) else None
