"""Transcripts: exchanges with the signed door, byte for byte, one file per function and code."""

from pathlib import Path

import httpx
import pytest

TRANSCRIPTS = sorted(Path(__file__).with_name("transcripts").glob("*.txt"))


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
async def test_the_exchange_is_the_same_byte_for_byte(client: httpx.AsyncClient, file: Path) -> None:
    exchanges = file.read_text().rstrip("\n").split("\n----\n")
    assert exchanges
    for exchange in exchanges:
        request, _, expected = exchange.partition("\n\n<<< ")
        head, _, body = request.partition("\n\n")
        method, path = head.splitlines()[0].removeprefix(">>> ").split()
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
        answer = await client.request(method, path, headers=headers, content=body.encode())
        said = f"{answer.status_code} {answer.headers['content-type']}\n{answer.content.decode()}"
        assert said == expected


def test_every_code_has_its_transcript() -> None:
    codes = {file.stem.rpartition("-")[2] for file in TRANSCRIPTS}
    documented = {*range(9), *range(100, 105), *range(200, 204), 302, 303, 400, 500, 501, *range(600, 606), 700, 800, 801}
    assert {str(code) for code in documented} <= codes
