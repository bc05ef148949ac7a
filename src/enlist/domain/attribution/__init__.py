"""Attribution: clicks on partners' links, and who is credited with contacts and orders for them."""

from .click_queries import list_clicks as list_clicks
from .click_queries import prune_visitors as prune_visitors
from .clicking import record_clicks as record_clicks
from .crediting import NOBODY as NOBODY
from .crediting import attribute as attribute
from .crediting import count_attributed as count_attributed
from .crediting import credit_leads as credit_leads
from .crediting import decisions_about as decisions_about
from .crediting import said as said
from .lead_queries import list_contacts as list_contacts
from .model import AFFILIATE as AFFILIATE
from .model import OWN_MARKS as OWN_MARKS
from .model import Attribution as Attribution
from .model import Clicked as Clicked
from .model import Decision as Decision
from .model import Key as Key
from .model import Lead as Lead
from .model import NewClick as NewClick
from .model import Purchase as Purchase
from .model import Rule as Rule
from .model import Source as Source
from .model import Touch as Touch
from .model import read_marks as read_marks
from .model import read_touch as read_touch
