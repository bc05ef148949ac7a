"""Telling robots from people by what their browsers call themselves."""

import re
from functools import lru_cache
from typing import Final

# Search engines, link previews of messengers, mail scanners, monitors, libraries: they name themselves. Cubot makes
# telephones.
_ROBOT: Final = re.compile(
    r"(?<!cu)bot(?:\b|[/;_\d-])|crawl|spider|slurp|archiver|scanner|preview|facebookexternalhit|whatsapp/|skypeuri|embedly"
    r"|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|pingdom|uptime|monitor|validator"
    r"|curl/|wget/|python|java/|okhttp|go-http|ruby|perl|libwww|node-fetch|axios|httpclient|apache-http|postman"
    r"|mediapartners|feedfetcher|google-read|yandeximages|yadirect|mail\.ru_"
)


@lru_cache(maxsize=4096)  # there are few browsers, and looking for so many words takes longer than all the rest
def is_robot(agent: str) -> bool:
    """Tell whether a browser that calls itself ``agent`` is nobody's; one without any name is a robot, too."""
    return not agent.strip() or _ROBOT.search(agent.lower()) is not None
