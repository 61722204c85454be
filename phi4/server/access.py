"""Who may ask: the host name, the origin, the key; and whose conversations a request may see.

Denied unless allowed. Without keys the server answers its own machine only, and only under that machine's
names: a page whose own name suddenly resolves to 127.0.0.1 (DNS rebinding) sends another ``Host``. What a proxy
on the machine passes on is refused as well, where the proxy says that it is one; not all do.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from phi4.errors import UsageError
from phi4.server.failures import Forbidden, Refused
from phi4.server.loopback import is_loopback
from phi4.settings import Settings

# What proxies add. Behind one every visitor seems to sit at this machine.
PROXIED = ("via", "forwarded", "x-forwarded-for", "x-real-ip")
COOKIE = "phi4_visitor"
COOKIE_SECONDS = 365 * 24 * 3600
_COOKIE_FORM = re.compile(r"[\w-]{43}")
_ORIGIN_FORM = re.compile(r"https?://[^\s/*?#,]+")

# A site that knows its visitors by itself: gives a name for the visitor, or raises an HTTPException.
Login = Callable[[Request], Awaitable[str]]


@dataclass(frozen=True)
class Visitor:
    """``owner`` owns conversations, ``client`` has a share of the queue; neither can be turned back into a
    key. ``cookie`` is one that the visitor must be given."""

    owner: str
    client: str
    cookie: str = ""


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def words(stated: str) -> list[str]:
    """A setting with commas as its words."""
    return [word.strip() for word in stated.split(",") if word.strip()]


class Access:
    """The rules of one server. Raises ``UsageError`` for settings that would open it to everybody."""

    def __init__(self, settings: Settings, login: Login | None = None) -> None:
        self._keys = [_hash(key.encode()) for key in words(settings.api_keys.get_secret_value())]
        self._hosts = {host.lower() for host in words(settings.allowed_hosts)}
        self.origins = [origin.rstrip("/").lower() for origin in words(settings.allowed_origins)]
        self._login = login
        wrong = [origin for origin in self.origins if not _ORIGIN_FORM.fullmatch(origin)]
        if wrong or "*" in self._hosts:
            raise UsageError(
                f"PHI4_ALLOWED_ORIGINS or PHI4_ALLOWED_HOSTS: '{wrong[0] if wrong else '*'}' is no single site",
                "name each one: PHI4_ALLOWED_ORIGINS=https://example.org PHI4_ALLOWED_HOSTS=example.org",
            )

    def check_host(self, request: Request) -> None:
        """Raise ``Forbidden`` for a host name that is not served."""
        host = _host_name(request.headers.get("host", ""))
        if self._hosts:
            served = host in self._hosts or is_loopback(host)
        else:
            served = bool(self._keys or self._login) or is_loopback(host)
        if not served:
            raise Forbidden("this host name is not served here; the operator names hosts with PHI4_ALLOWED_HOSTS")

    def check_origin(self, request: Request) -> None:
        """Raise ``Forbidden`` for a page of another site. Programs send no origin."""
        origin = request.headers.get("origin", "").lower()
        own = f"{request.url.scheme}://{request.headers.get('host', '')}".lower()
        if origin and origin != own and origin not in self.origins:
            raise Forbidden("pages of this origin may not call; the operator names them with PHI4_ALLOWED_ORIGINS")

    async def visitor(self, request: Request) -> Visitor:
        """Who asks. Raises ``Refused``; a site's own login raises what it likes."""
        address = request.client.host if request.client else ""
        if self._login is not None:
            name = await self._login(request)
            return Visitor(_hash(b"login:" + name.encode()), _hash(b"login:" + name.encode()))
        if self._keys:
            key = _bearer(request)
            accepted = [hmac.compare_digest(_hash(key), known) for known in self._keys]  # all: time tells nothing
            if not any(accepted):
                raise Refused("no valid API key; send one as 'Authorization: Bearer KEY'")
            return Visitor(_hash(b"key:" + key), _hash(b"key:" + key))
        if not is_loopback(address):
            raise Refused("this server has no API keys set and answers its own machine only")
        if any(name in request.headers for name in PROXIED):
            raise Refused("this server has no API keys set and is not reached through a proxy; PHI4_API_KEYS sets them")
        cookie = request.cookies.get(COOKIE, "")
        if _COOKIE_FORM.fullmatch(cookie):
            return Visitor(_hash(b"cookie:" + cookie.encode()), address)
        cookie = secrets.token_urlsafe(32)
        return Visitor(_hash(b"cookie:" + cookie.encode()), address, cookie)


def _host_name(header: str) -> str:
    """Without its port; "" for what is no host at all."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _bearer(request: Request) -> bytes:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip().encode("latin-1", "replace") if scheme.lower() == "bearer" else b""
