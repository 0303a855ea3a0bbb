"""Signing in by somebody else's directory: OpenID Connect, code flow with PKCE, by authlib.

Belongs here: the way there and back, and what the directory's roles mean here. Does not belong here: what a
session is (sign_in.py, grants.py). The directory is asked when somebody signs in, and not again.
"""

import base64
import warnings
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from pipelines.settings import Settings, SettingsError
from portal.access import browser
from portal.access.audit import line_of, write
from portal.access.guard import refusal
from portal.access.rules import Role, User
from portal.access.sign_in import signed_in
from portal.access.users import forces

with warnings.catch_warnings():  # it would rather have httpx2, which nothing else here uses
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.starlette_client import OAuth

#: What a directory gives its people in the claim `roles`; for a force it ends in the force's id.
ROLE_VALUES: dict[str, Role] = {"beatbook-lead": "lead", "beatbook-engineer": "engineer"}
FORCE_VALUE = "beatbook-force-"
#: With whose key a directory signs; `none` and shared secrets are no signature of its own.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_ON_THE_WAY = timedelta(minutes=10)
_FAILED = "Your organisation's directory did not sign you in. If that stays so, tell those who run it."
_SILENT = "Your organisation's directory does not answer. Try again later."


class _Kept(msgspec.Struct):
    """What the browser keeps on the way: what authlib compares, and where its user wanted to go."""

    session: dict[str, dict[str, Any]]
    next: str


class NoRoleError(Exception):
    """The directory says nothing that makes somebody a user; the message is for a person."""


class Directory:
    """The directory that the settings name.

    Raises:
        SettingsError: a setting is missing, or the directory would be asked without https.
    """

    def __init__(self, settings: Settings) -> None:
        issuer, secret = settings.oidc_issuer or "", settings.oidc_client_secret
        if settings.oidc_client_id is None or secret is None:
            raise SettingsError(
                "BEATBOOK_OIDC_ISSUER is set, so BEATBOOK_OIDC_CLIENT_ID and _CLIENT_SECRET are needed"
            )
        where = urlsplit(issuer)
        if where.scheme != "https" and where.hostname not in browser.LOOPBACK:
            raise SettingsError(f"BEATBOOK_OIDC_ISSUER is {issuer}: a directory is asked by https alone")
        self.claims = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
        }
        self.client: Any = OAuth().register(
            "directory",
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value(),
            server_metadata_url=issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
        )

    async def start(self, request: Request) -> Response:
        """Send the browser to the directory. What must be the same on the way back stays in a cookie."""
        session: dict[str, dict[str, Any]] = {}
        request.scope["session"] = session
        host = f"{request.url.scheme}://{request.headers.get('host', '')}"
        try:
            response: Response = await self.client.authorize_redirect(
                request, f"{host}/sign-in/directory/done"
            )
        except (httpx.HTTPError, ValueError, RuntimeError):
            return refusal(request, 502, _SILENT)
        kept = msgspec.json.encode(_Kept(session, browser.own_path(request.query_params.get("next"))))
        browser.set_cookie(
            response, request, "directory", base64.urlsafe_b64encode(kept).decode(), _ON_THE_WAY
        )
        return response

    async def done(self, request: Request) -> Response:
        """Take back who the directory sent, if this browser is the one that was sent there."""
        try:
            cookie = browser.cookie(request, "directory", longest=4000) or ""
            kept = msgspec.json.decode(base64.urlsafe_b64decode(cookie), type=_Kept)
            request.scope["session"] = kept.session
            metadata = await self.client.load_server_metadata()
            offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
            metadata["id_token_signing_alg_values_supported"] = [a for a in offered if a in _ALGORITHMS]
            token = await self.client.authorize_access_token(request, claims_options=self.claims)
            user = user_of(token["userinfo"])
        except NoRoleError as error:
            response = self._refused(request, 403, str(error))
        except httpx.HTTPError:
            response = self._refused(request, 502, _SILENT)
        except (AuthlibBaseError, JoseError, msgspec.MsgspecError, ValueError, KeyError, TypeError):
            response = self._refused(request, 403, _FAILED)
        else:
            response = signed_in(request, user, None, browser.own_path(kept.next))
        browser.drop_cookie(response, request, "directory")
        return response

    def _refused(self, request: Request, status: int, sentence: str) -> Response:
        access = request.state.access
        write(access.settings, line_of(request, None, access.now(), "sign_in_failed", detail="directory"))
        return refusal(request, status, sentence)


def user_of(claims: Mapping[str, Any]) -> User:
    """Who somebody is here, by what the directory says of them.

    Raises:
        NoRoleError: none of the roles is one of ours, or several are, or the force is none.
    """
    roles = claims.get("roles")
    values = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    ours = sorted({role for role in values if role in ROLE_VALUES or role.startswith(FORCE_VALUE)})
    if len(ours) != 1:
        what = "no role" if not ours else f"{len(ours)} roles ({', '.join(ours)})"
        raise NoRoleError(f"Your organisation's directory gives you {what} in Beatbook; one is needed.")
    name = str(claims.get("preferred_username") or claims["sub"]).strip().lower()[:100]
    if role := ROLE_VALUES.get(ours[0]):
        return User(name, role)
    force_id = ours[0].removeprefix(FORCE_VALUE)
    if force_id not in forces():
        raise NoRoleError(f"Your organisation's directory gives you the force {force_id}, and there is none.")
    return User(name, "force", force_id)
