"""The pages of forms and orders: their templates, over the common layout."""

from pathlib import Path
from typing import Final

from enlist.doors.web.showing import Pages

PAGES: Final = Pages(Path(__file__).parent / "templates")
