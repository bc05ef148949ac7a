"""Which language to speak to somebody of whom nothing is known but his browser."""

from typing import Any, Final

from litestar import Request

from enlist.runtime.texts import DEFAULT, languages

_MOST: Final = 20


def preferred(request: Request[Any, Any, Any]) -> str:
    """Return the language of ours that the browser likes best, else English."""
    return choose(request.headers.get("accept-language", ""))


def choose(accepted: str) -> str:
    """Return the language of ours that stands highest in an Accept-Language header, else English."""
    best, best_weight = DEFAULT, 0.0
    for entry in accepted.split(",")[:_MOST]:
        tag, _, parameter = entry.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if language in languages() and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
