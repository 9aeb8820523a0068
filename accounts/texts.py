"""What notifications say: each kind in each language, in one place.

`{name}` is who did it, `{others}` how many more did, `{count}` how often it happened; any other word in braces is one
of the notification's `params`, and where that is missing the kind's general text stands in. A kind that tells of
different things has a text for each, by `params["what"]`.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.enums import Language, NotificationKind

MAX_LENGTH: Final = 200
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # breaks, controls, what turns the direction


@dataclass(frozen=True, slots=True)
class Text:
    """`many` is the title of several happenings in one."""

    title: str
    body: str = ""
    many: str = ""


Texts = Mapping[str, Text]
K = NotificationKind

ENGLISH: Final[Texts] = {
    K.RECORD: Text("New personal record"),
    K.REST_OVER: Text("Rest is over", "Time for the next set."),
    K.REMINDER: Text("Time to train"),
    K.GOAL: Text("News about your goal"),
    K.ANALYSIS: Text("Your analysis is ready"),
    f"{K.ANALYSIS}:form": Text("Your form analysis is ready", "See what each rep looked like."),
    f"{K.ANALYSIS}:plan": Text("Your plan is ready", "See what the coming weeks hold."),
    K.FRIEND_REQUEST: Text("{name} wants to be your friend", many="{name} and {others} more want to be your friends"),
    K.FRIEND_ACCEPTED: Text("{name} is your friend now", many="{name} and {others} more are your friends now"),
    K.LIKE: Text("{name} likes what you did", many="{name} and {others} more like what you did"),
    K.COMMENT: Text("{name} commented", many="{count} new comments, the latest by {name}"),
    K.MENTION: Text("{name} mentioned you", many="You were mentioned {count} times, last by {name}"),
    K.CHALLENGE: Text("News about a challenge"),
    f"{K.CHALLENGE}:invited": Text("{name} invites you to a challenge"),
    K.GROUP: Text("News about a group that trains together"),
    f"{K.GROUP}:invited": Text("{name} asks you to train together"),
    K.COACH: Text("News about your coaching"),
    f"{K.COACH}:invited": Text("{name} asks you to be their coach"),
    f"{K.COACH}:accepted": Text("{name} is your coach now"),
    f"{K.COACH}:declined": Text("{name} cannot be your coach now"),
    f"{K.COACH}:changed": Text("{name} changed what you may see as their coach"),
    f"{K.COACH}:ended": Text("{name} ended the coaching"),
    f"{K.COACH}:ended_by_staff": Text("The people who run this server ended a coaching of yours"),
    K.MODERATION: Text("News about something you contributed"),
    f"{K.MODERATION}:approved": Text("“{title}” is in the exercise library now", "{reason}"),
    f"{K.MODERATION}:rejected": Text("“{title}” was not taken into the exercise library", "{reason}"),
    f"{K.MODERATION}:merged": Text("“{title}” and another exercise of the library are one now", "{reason}"),
    f"{K.MODERATION}:archived": Text("“{title}” was taken out of the exercise library", "{reason}"),
    f"{K.MODERATION}:restored": Text("“{title}” is back in the exercise library", "{reason}"),
    f"{K.MODERATION}:edit_approved": Text("Your edit of “{title}” was accepted", "{reason}"),
    f"{K.MODERATION}:edit_rejected": Text("Your edit of “{title}” was not accepted", "{reason}"),
    f"{K.MODERATION}:media_approved": Text("What you sent of “{title}” is in the exercise library now"),
    f"{K.MODERATION}:media_rejected": Text(
        "What you sent of “{title}” was not taken into the exercise library", "{reason}"
    ),
    f"{K.MODERATION}:media_removed": Text(
        "What you sent of “{title}” was taken out of the exercise library", "{reason}"
    ),
    K.EXPORT: Text("Your data is ready", "Everything about you is in one file."),
    f"{K.EXPORT}:made": Text(
        "Your data is ready", "Everything about you is in one file. Days for which it can be fetched: {days}."
    ),
    K.NEWS: Text("News from FitAI"),
}
GERMAN: Final[Texts] = {
    K.RECORD: Text("Neue persönliche Bestleistung"),
    K.REST_OVER: Text("Die Pause ist um", "Zeit für den nächsten Satz."),
    K.REMINDER: Text("Zeit fürs Training"),
    K.GOAL: Text("Neues zu deinem Ziel"),
    K.ANALYSIS: Text("Deine Analyse ist fertig"),
    f"{K.ANALYSIS}:form": Text("Deine Technikanalyse ist fertig", "Sieh dir jede Wiederholung an."),
    f"{K.ANALYSIS}:plan": Text("Dein Plan ist fertig", "Sieh dir die nächsten Wochen an."),
    K.FRIEND_REQUEST: Text(
        "{name} möchte mit dir befreundet sein", many="{name} und {others} weitere möchten mit dir befreundet sein"
    ),
    K.FRIEND_ACCEPTED: Text(
        "{name} ist jetzt mit dir befreundet", many="{name} und {others} weitere sind jetzt mit dir befreundet"
    ),
    K.LIKE: Text("{name} gefällt, was du getan hast", many="{name} und {others} weiteren gefällt, was du getan hast"),
    K.COMMENT: Text("{name} hat kommentiert", many="{count} neue Kommentare, der neueste von {name}"),
    K.MENTION: Text("{name} hat dich erwähnt", many="Du wurdest {count}-mal erwähnt, zuletzt von {name}"),
    K.CHALLENGE: Text("Neues zu einer Challenge"),
    f"{K.CHALLENGE}:invited": Text("{name} lädt dich zu einer Challenge ein"),
    K.GROUP: Text("Neues zu einer Trainingsgruppe"),
    f"{K.GROUP}:invited": Text("{name} möchte mit dir trainieren"),
    K.COACH: Text("Neues zu deinem Coaching"),
    f"{K.COACH}:invited": Text("{name} möchte, dass du Coach wirst"),
    f"{K.COACH}:accepted": Text("{name} ist jetzt dein Coach"),
    f"{K.COACH}:declined": Text("{name} kann jetzt nicht dein Coach sein"),
    f"{K.COACH}:changed": Text("{name} hat geändert, was du als Coach sehen darfst"),
    f"{K.COACH}:ended": Text("{name} hat das Coaching beendet"),
    f"{K.COACH}:ended_by_staff": Text("Die Betreiber dieses Servers haben eines deiner Coachings beendet"),
    K.MODERATION: Text("Neues zu etwas, das du beigetragen hast"),
    f"{K.MODERATION}:approved": Text("„{title}“ ist jetzt in der Übungsbibliothek", "{reason}"),
    f"{K.MODERATION}:rejected": Text("„{title}“ wurde nicht in die Übungsbibliothek aufgenommen", "{reason}"),
    f"{K.MODERATION}:merged": Text("„{title}“ und eine andere Übung der Bibliothek sind jetzt eine", "{reason}"),
    f"{K.MODERATION}:archived": Text("„{title}“ wurde aus der Übungsbibliothek genommen", "{reason}"),
    f"{K.MODERATION}:restored": Text("„{title}“ ist wieder in der Übungsbibliothek", "{reason}"),
    f"{K.MODERATION}:edit_approved": Text("Deine Änderung an „{title}“ wurde angenommen", "{reason}"),
    f"{K.MODERATION}:edit_rejected": Text("Deine Änderung an „{title}“ wurde nicht angenommen", "{reason}"),
    f"{K.MODERATION}:media_approved": Text("Was du zu „{title}“ geschickt hast, ist jetzt in der Übungsbibliothek"),
    f"{K.MODERATION}:media_rejected": Text(
        "Was du zu „{title}“ geschickt hast, wurde nicht in die Übungsbibliothek aufgenommen", "{reason}"
    ),
    f"{K.MODERATION}:media_removed": Text(
        "Was du zu „{title}“ geschickt hast, wurde aus der Übungsbibliothek genommen", "{reason}"
    ),
    K.EXPORT: Text("Deine Daten sind bereit", "Alles über dich liegt in einer Datei."),
    f"{K.EXPORT}:made": Text(
        "Deine Daten sind bereit", "Alles über dich liegt in einer Datei. So viele Tage lang: {days}."
    ),
    K.NEWS: Text("Neues von FitAI"),
}
SPANISH: Final[Texts] = {
    K.RECORD: Text("Nuevo récord personal"),
    K.REST_OVER: Text("Se acabó el descanso", "Es hora de la próxima serie."),
    K.REMINDER: Text("Es hora de entrenar"),
    K.GOAL: Text("Novedades sobre tu objetivo"),
    K.ANALYSIS: Text("Tu análisis está listo"),
    f"{K.ANALYSIS}:form": Text("Tu análisis de técnica está listo", "Mira cómo fue cada repetición."),
    f"{K.ANALYSIS}:plan": Text("Tu plan está listo", "Mira las próximas semanas."),
    K.FRIEND_REQUEST: Text("{name} quiere ser tu amigo o amiga", many="{name} y {others} más quieren ser amigos tuyos"),
    K.FRIEND_ACCEPTED: Text("{name} y tú ya tenéis amistad", many="{name} y {others} más ya tienen amistad contigo"),
    K.LIKE: Text("A {name} le gusta lo que hiciste", many="A {name} y a {others} más les gusta lo que hiciste"),
    K.COMMENT: Text("{name} ha comentado", many="{count} comentarios nuevos, el último de {name}"),
    K.MENTION: Text("{name} te ha mencionado", many="Te han mencionado {count} veces, la última {name}"),
    K.CHALLENGE: Text("Novedades sobre un reto"),
    f"{K.CHALLENGE}:invited": Text("{name} te invita a un reto"),
    K.GROUP: Text("Novedades sobre un grupo de entrenamiento"),
    f"{K.GROUP}:invited": Text("{name} te propone entrenar en grupo"),
    K.COACH: Text("Novedades sobre tu entrenamiento con coach"),
    f"{K.COACH}:invited": Text("{name} te pide que seas su coach"),
    f"{K.COACH}:accepted": Text("{name} ya es tu coach"),
    f"{K.COACH}:declined": Text("{name} no puede ser tu coach ahora"),
    f"{K.COACH}:changed": Text("{name} ha cambiado lo que puedes ver como coach"),
    f"{K.COACH}:ended": Text("{name} ha terminado el coaching"),
    f"{K.COACH}:ended_by_staff": Text("Quienes administran este servidor han terminado uno de tus coachings"),
    K.MODERATION: Text("Novedades sobre algo que aportaste"),
    f"{K.MODERATION}:approved": Text("«{title}» ya está en la biblioteca de ejercicios", "{reason}"),
    f"{K.MODERATION}:rejected": Text("«{title}» no se ha aceptado en la biblioteca de ejercicios", "{reason}"),
    f"{K.MODERATION}:merged": Text("«{title}» y otro ejercicio de la biblioteca son ahora uno", "{reason}"),
    f"{K.MODERATION}:archived": Text("«{title}» se ha retirado de la biblioteca de ejercicios", "{reason}"),
    f"{K.MODERATION}:restored": Text("«{title}» vuelve a estar en la biblioteca de ejercicios", "{reason}"),
    f"{K.MODERATION}:edit_approved": Text("Tu cambio en «{title}» se ha aceptado", "{reason}"),
    f"{K.MODERATION}:edit_rejected": Text("Tu cambio en «{title}» no se ha aceptado", "{reason}"),
    f"{K.MODERATION}:media_approved": Text("Lo que enviaste de «{title}» ya está en la biblioteca de ejercicios"),
    f"{K.MODERATION}:media_rejected": Text(
        "Lo que enviaste de «{title}» no se ha aceptado en la biblioteca de ejercicios", "{reason}"
    ),
    f"{K.MODERATION}:media_removed": Text(
        "Lo que enviaste de «{title}» se ha retirado de la biblioteca de ejercicios", "{reason}"
    ),
    K.EXPORT: Text("Tus datos están listos", "Todo lo que hay sobre ti está en un archivo."),
    f"{K.EXPORT}:made": Text(
        "Tus datos están listos", "Todo lo que hay sobre ti está en un archivo. Días disponibles: {days}."
    ),
    K.NEWS: Text("Novedades de FitAI"),
}
TEXTS: Final[Mapping[str, Texts]] = {
    Language.ENGLISH: ENGLISH,
    Language.GERMAN: GERMAN,
    Language.SPANISH: SPANISH,
}
SOMEBODY: Final[Mapping[str, str]] = {
    Language.ENGLISH: "Somebody",
    Language.GERMAN: "Jemand",
    Language.SPANISH: "Alguien",
}


def wording(
    kind: str, language: str, *, name: str | None = None, count: int = 1, params: Mapping[str, Any] | None = None
) -> tuple[str, str]:
    """Title and body: one line each, whatever names and params hold."""
    texts = TEXTS.get(language, ENGLISH)
    told = params or {}
    text = texts.get(f"{kind}:{told.get('what')}", texts[kind])
    words = {word: one_line(value) for word, value in told.items() if isinstance(value, str | int | float)}
    words |= {
        "name": one_line(name or "") or SOMEBODY.get(language, SOMEBODY[Language.ENGLISH]),
        "count": str(count),
        "others": str(count - 1),
    }
    title = text.many if count > 1 and text.many else text.title
    try:
        return title.format_map(words), text.body.format_map(words)
    except KeyError:  # a param that the text needs was not given
        return wording(kind, language, name=name, count=count)


def one_line(value: Any) -> str:
    """A text that breaks no line and no header, and shows as it is written."""
    shown = "".join(" " if unicodedata.category(char) in UNSEEN else char for char in str(value))
    return " ".join(shown.split())[:MAX_LENGTH]
