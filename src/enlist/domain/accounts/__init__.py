"""Accounts: whose data this is, how he is reached, and what proves that a caller speaks for him."""

from enlist.domain.accounts.creating import create
from enlist.domain.accounts.errors import (
    AccountNotFound,
    BadAccount,
    DomainTaken,
    LoginTaken,
    ManagerNotFound,
    SiteNotFound,
    SiteTaken,
    TokenTaken,
)
from enlist.domain.accounts.guarding import check_secret
from enlist.domain.accounts.keeping import add_domain, disable, enable, get, list_, owners, rotate_key, set_currency
from enlist.domain.accounts.looking_up import CHANGED, Directory
from enlist.domain.accounts.managers import create_manager, find_manager, list_managers
from enlist.domain.accounts.model import Account, Locale, Manager, NewAccount, Owner, Plan, Site
from enlist.domain.accounts.site_directory import SiteDirectory
from enlist.domain.accounts.sites import (
    SITES_CHANGED,
    create_site,
    get_site,
    list_sites,
    rotate_site_token,
    set_site_time_zone,
)

__all__ = [
    "CHANGED",
    "SITES_CHANGED",
    "Account",
    "AccountNotFound",
    "BadAccount",
    "Directory",
    "DomainTaken",
    "Locale",
    "LoginTaken",
    "Manager",
    "ManagerNotFound",
    "NewAccount",
    "Owner",
    "Plan",
    "Site",
    "SiteDirectory",
    "SiteNotFound",
    "SiteTaken",
    "TokenTaken",
    "add_domain",
    "check_secret",
    "create",
    "create_manager",
    "create_site",
    "disable",
    "enable",
    "find_manager",
    "get",
    "get_site",
    "list_",
    "list_managers",
    "list_sites",
    "owners",
    "rotate_key",
    "rotate_site_token",
    "set_currency",
    "set_site_time_zone",
]
