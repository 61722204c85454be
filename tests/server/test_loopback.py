"""Which addresses are this machine's own."""

import pytest

from phi4.server.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_addresses_are(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "203.0.113.9", "example.org", "", "127.0.0.1.example.org"])
def test_others_are_not(host):
    assert not is_loopback(host)
