"""HTTP as doors see it: a request comes in, an answer goes out. The server itself is in ``server``."""

from enlist.runtime.http.answers import JSON as JSON
from enlist.runtime.http.answers import TEXT as TEXT
from enlist.runtime.http.answers import Answer as Answer
from enlist.runtime.http.answers import plain as plain
from enlist.runtime.http.requests import App as App
from enlist.runtime.http.requests import BodyTooLarge as BodyTooLarge
from enlist.runtime.http.requests import ClientGone as ClientGone
from enlist.runtime.http.requests import Request as Request
from enlist.runtime.http.requests import Sink as Sink
