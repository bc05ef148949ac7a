"""A real browser for the journeys, and what every page of ours must be like in it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from enlist.runtime.http import App
from enlist.runtime.http.server import HttpServer

SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", Path(__file__).parents[2] / "screenshots"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}


@asynccontextmanager
async def a_chromium() -> AsyncIterator[Browser]:
    """Start Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(chromium: Browser, **options: Any) -> AsyncIterator[Page]:
    """Open a page in a browser of its own; at the end nothing may have been complained about or fetched elsewhere."""
    context: BrowserContext = await chromium.new_context(**options)
    page = await context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(httpx.URL(request.url).host))
    try:
        yield page
    finally:
        await context.close()
    assert not [complaint for complaint in complaints if "status of" not in complaint]
    assert all(host in ("127.0.0.1", "localhost") or host.endswith(".localhost") for host in hosts)


async def check_it_is_tidy(page: Page) -> None:
    """Nothing sticks out, letters are large enough that phones don't zoom in, and fingers hit the button."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, p, button, .button')]"
        ".every(it => parseFloat(getComputedStyle(it).fontSize) >= (it.tagName == 'P' ? 15 : 16))"
    )
    assert await page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, button, .button')]"
        ".every(it => it.offsetHeight >= 44)"
    )
    assert await page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select')].every(it => it.labels.length == 1)"
    )


async def heading(page: Page) -> str:
    """Read the heading of the page."""
    return await page.locator("h1").inner_text()


def a_free_port() -> socket.socket:
    """Take a port of this machine."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock


@asynccontextmanager
async def served(app: App, sock: socket.socket) -> AsyncIterator[None]:
    """Serve an app on a socket, in this event loop."""
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = HttpServer(app, [sock], started.set_result)
    running = asyncio.create_task(server.serve())
    await started
    try:
        yield
    finally:
        server.stop()
        await running
