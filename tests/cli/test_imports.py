"""What commands load: nobody who asks for help waits for the server, and the server loads no client it does not use."""

import subprocess
import sys

import pytest


def loaded(code: str) -> set[str]:
    """Run ``code`` in a process of its own; return the names of all packages loaded, and of all modules of ours."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    names = done.stdout.splitlines()[-1].split()
    return {name.partition(".")[0] for name in names} | set(names)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_server(option: str) -> None:
    names = loaded(f"from enlist.cli import main\nmain([{option!r}], standalone_mode=False)")
    assert not names & {
        "litestar",
        "stripe",
        "httpx",
        "aiosmtplib",
        "enlist.plan.program",
        "enlist.runtime.http.server",
    }


def test_the_server_loads_no_client_before_it_uses_it() -> None:
    names = loaded("import enlist.plan.program")
    assert "enlist.runtime.http.server" in names
    assert not names & {
        "stripe",
        "httpx",
        "requests",
        "pycountry",
        "css_inline",
        "alembic",
        "sqlalchemy",
        "dns",
        "rich",
    }
