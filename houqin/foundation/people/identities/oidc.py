"""OpenID Connect by django-allauth's ``openid_connect`` provider, without its tables, pages and middleware.

From allauth: discovery, the address people are sent to with state and PKCE (S256), and the exchange of the code. Ours,
because allauth leaves them out: the signature of the ID token is always checked, by RS256 or ES256 alone, and its nonce.
"""

from __future__ import annotations

import functools
import secrets
from typing import Any

import jwt
import requests
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from houqin.foundation.people.identities.providers import Proof, Refused, callback_url

#: Never "none", never a key that both sides know.
ALGORITHMS = ("RS256", "ES256")
LEEWAY_S = 60
TIMEOUT_S = 8
NAME = "oidc"


class SettingsAdapter(DefaultSocialAccountAdapter):
    """allauth's view of this installation: one application, from the settings, and no tables."""

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        given = settings.OIDC
        return SocialApp(
            provider="openid_connect",
            provider_id=NAME,
            name=given["name"] or NAME,
            client_id=given["client_id"],
            secret=given["client_secret"],
            settings={"server_url": given["issuer"], "oauth_pkce_enabled": True, "fetch_userinfo": False},
        )

    def get_requests_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.request = functools.partial(  # type: ignore[method-assign]
            session.request, timeout=TIMEOUT_S, allow_redirects=False
        )
        return session

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        raise _refusal(error, exception)


def _refusal(error: Any, exception: Exception | None) -> Refused:
    if isinstance(exception, requests.RequestException):
        return Refused(
            _("身份认证平台暂时连不上，请稍后再试，或用登录名和密码登录。"), code="oidc_unreachable"
        )
    if exception is not None:
        return Refused(_("身份认证平台没有接受这次登录，请重新登录。"), code="oidc_code")
    if error == "cancelled":
        return Refused(_("您取消了登录。"), code="oidc_cancelled")
    return Refused(_("登录请求已失效或不是从本页发起的，请重新登录。"), code="oidc_state")


class Adapter(OpenIDConnectOAuth2Adapter):
    """One sign-in: ``nonce`` is what was sent along with it."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        told: dict[str, Any] = super().openid_config
        if told.get("issuer") != settings.OIDC["issuer"]:
            raise Refused(_("身份认证平台自报的签发方与设置不符，请联系系统管理员核对。"), code="oidc_issuer")
        return told

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return callback_url(NAME)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """Verify the ID token; the claims leave by way of an exception, since allauth's own sign-in is not wanted."""
        id_token = kwargs["response"].get("id_token")
        if not isinstance(id_token, str):
            raise Refused(_("身份认证平台没有给出身份令牌，请联系系统管理员。"), code="oidc_no_token")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        raise _Proved(verified(id_token, keys, nonce=self.nonce))


class _Proved(Exception):
    def __init__(self, claims: dict[str, Any]) -> None:
        super().__init__()
        self.claims = claims


class _Callback(OAuth2CallbackView):
    """Remembers what was stashed with the state."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state["data"]["nonce"]
            request.houqin_oidc = state["data"]  # type: ignore[attr-defined]
        return state, answer


def depart(request: HttpRequest, *, next: str, link: bool) -> HttpResponse:
    """Send whoever is at the door to the provider."""
    nonce = secrets.token_urlsafe(24)
    with context.request_context(request):
        adapter = Adapter(request, NAME)
        provider = adapter.get_provider()
        provider.get_oauth2_adapter = lambda request: adapter
        try:
            return provider.redirect(
                request,
                process=AuthProcess.LOGIN,
                data={"nonce": nonce, "next": next, "link": link},
                auth_params={"nonce": nonce},
            )
        except (requests.RequestException, KeyError, ValueError) as error:
            raise _refusal(None, requests.RequestException()) from error


def arrive(request: HttpRequest) -> tuple[Proof, dict[str, Any]]:
    """What the provider proves of whoever comes back, and what was stashed when they left; raises ``Refused``."""
    view = _Callback()
    view.request, view.adapter = request, Adapter(request, NAME)
    with context.request_context(request):
        try:
            view.dispatch(request)
        except _Proved as proved:
            stashed: dict[str, Any] = request.houqin_oidc  # type: ignore[attr-defined]
            return Proof(NAME, proved.claims["sub"], proved.claims), stashed
        except (KeyError, ValueError, ImmediateHttpResponse) as error:
            raise _refusal(None, OAuth2Error()) from error
    raise _refusal(None, OAuth2Error())  # pragma: no cover - every way through dispatch raises


def verified(id_token: str, keys: dict[str, Any], *, nonce: str) -> dict[str, Any]:
    """The claims of an ID token (OpenID Connect Core, 3.1.3.7); raises ``Refused`` with what is wrong."""
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            _key(id_token, keys),
            algorithms=list(ALGORITHMS),
            audience=settings.OIDC["client_id"],
            issuer=settings.OIDC["issuer"],
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise Refused(_said(error), code="oidc_token") from error
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise Refused(_("身份令牌不是为这次登录签发的，请重新登录。"), code="oidc_nonce")
    if claims.get("azp", settings.OIDC["client_id"]) != settings.OIDC["client_id"]:
        raise Refused(_said(jwt.InvalidAudienceError()), code="oidc_token")
    return claims


def _key(id_token: str, keys: dict[str, Any]) -> Any:
    header = jwt.get_unverified_header(id_token)
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    for each in jwt.PyJWKSet.from_dict(keys).keys:
        same = header.get("kid") in (None, each.key_id)
        if same and each.public_key_use in (None, "sig") and each.algorithm_name == header["alg"]:
            return each.key
    raise jwt.InvalidKeyError


def _said(error: jwt.PyJWTError) -> str:
    if isinstance(error, jwt.ExpiredSignatureError):
        return _("身份令牌已过期，请重新登录；反复出现请核对服务器时间。")
    if isinstance(error, jwt.InvalidIssuerError):
        return _("身份令牌的签发方不是设置的平台，请联系系统管理员核对。")
    if isinstance(error, jwt.InvalidAudienceError):
        return _("身份令牌不是签发给本平台的，请联系系统管理员核对应用编号。")
    return _("身份令牌的签名或内容不可信，没有登录。请联系系统管理员。")
