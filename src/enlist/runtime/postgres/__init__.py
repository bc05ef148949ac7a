"""The private PostgreSQL: its programs, its cluster in the data directory, the operating system's account, backups."""

from enlist.runtime.postgres.account import PostgresUnavailable as PostgresUnavailable
from enlist.runtime.postgres.binaries import Binaries as Binaries
from enlist.runtime.postgres.binaries import find_binaries as find_binaries
from enlist.runtime.postgres.binaries import find_tools as find_tools
from enlist.runtime.postgres.server import PostgresServer as PostgresServer
from enlist.runtime.postgres.server import join as join
