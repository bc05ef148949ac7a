"""Taking a port: whoever cannot have it is told so in a sentence."""

import pytest

from enlist.runtime.http.listening import CannotListen, bind, url_of


def test_a_port_that_is_taken_is_said_to_be() -> None:
    ((taken,),) = bind("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    with pytest.raises(CannotListen, match=rf"^port {port} is taken; choose another one with --port$"):
        bind("127.0.0.1", port)
    taken.close()


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "no.such.host.invalid"])
def test_an_address_of_others_is_said_to_be_one(host: str) -> None:
    with pytest.raises(CannotListen, match=r"choose another one with --host$"):
        bind(host, 0)


def test_a_free_port_is_one_port_at_all_addresses_and_copies() -> None:
    sets = bind("localhost", 0, copies=2)
    assert len({one.getsockname()[1] for taken in sets for one in taken}) == 1
    assert len(sets) == 2
    for taken in sets:
        for one in taken:
            one.close()


def test_the_address_is_told_as_a_browser_wants_it() -> None:
    for host, shown in (("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        ((taken,),) = bind(host, 0)
        assert url_of(taken) == f"{shown}{taken.getsockname()[1]}"
        taken.close()
