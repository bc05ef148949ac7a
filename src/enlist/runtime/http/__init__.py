"""HTTP as the plain doors see it: requests, bounded bodies, whole answers. The server itself is in ``server``."""

from enlist.runtime.http.answering import answer as answer
from enlist.runtime.http.answering import answer_and_close as answer_and_close
from enlist.runtime.http.answering import answer_bare as answer_bare
from enlist.runtime.http.asgi import JSON as JSON
from enlist.runtime.http.asgi import TEXT as TEXT
from enlist.runtime.http.asgi import App as App
from enlist.runtime.http.asgi import Receive as Receive
from enlist.runtime.http.asgi import Scope as Scope
from enlist.runtime.http.asgi import Send as Send
from enlist.runtime.http.reading import BodyTooLarge as BodyTooLarge
from enlist.runtime.http.reading import ClientGone as ClientGone
from enlist.runtime.http.reading import header as header
from enlist.runtime.http.reading import read_body as read_body
