"""An OpenID provider on the loopback: signs with RS256 or ES256, checks PKCE, client and redirect, uses a code once."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from houqin.testing.outside.server import Answer, Asked, LocalServer

_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_EC = ec.generate_private_key(ec.SECP256R1())


class OpenIDServer(LocalServer):
    """``person``: the claims of whoever is signed in there. ``twist``: claims put over those of the token; None takes one out."""

    client_id, client_secret = "houqin", "oidc-test-secret"

    def __init__(self) -> None:
        super().__init__()
        self.person: dict[str, Any] = {"sub": "u-7781"}
        self.twist: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.key: Any = None
        self.issuer_told = ""
        self.redirect_uri = ""
        self._codes: dict[str, dict[str, str]] = {}

    def settings(self, **more: str) -> dict[str, str]:
        """As ``settings.OIDC`` has it."""
        who = {"client_id": self.client_id, "client_secret": self.client_secret}
        return {"issuer": self.url, "name": "", "match": "", "claim": "", **who, **more}

    def authorise(self, location: str) -> dict[str, str]:
        """What the provider's own page does: judge the request of a browser, and send it back with a code and its state."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorise"
        asked = dict(parse_qsl(parts.query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client_id
        assert asked["redirect_uri"] == self.redirect_uri
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) >= 16
        assert len(asked["nonce"]) >= 16
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, asked: Asked) -> Answer:
        match asked.path:
            case "/.well-known/openid-configuration":
                return Answer(self._configuration())
            case "/jwks":
                return Answer({"keys": [_jwk(RSAAlgorithm, _RSA, "RS256"), _jwk(ECAlgorithm, _EC, "ES256")]})
            case "/token":
                return self._token(dict(parse_qsl(asked.body.decode())))
        return Answer({"error": "not_found"}, status=404)

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer_told or self.url,
            "authorization_endpoint": f"{self.url}/authorise",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _token(self, sent: dict[str, str]) -> Answer:
        asked = self._codes.pop(sent.get("code", ""), None)
        if (sent.get("client_id"), sent.get("client_secret")) != (self.client_id, self.client_secret):
            return Answer({"error": "invalid_client"}, status=401)
        if asked is None or sent.get("redirect_uri") != asked["redirect_uri"]:
            return Answer({"error": "invalid_grant"}, status=400)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return Answer({"error": "invalid_grant"}, status=400)
        return Answer(
            {"access_token": "a", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}
        )

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.person | self.twist
        key = self.key or {"RS256": _RSA, "ES256": _EC}.get(self.algorithm)
        told = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(told, key, algorithm=self.algorithm, headers={"kid": self.algorithm})


def _jwk(algorithm: Any, key: Any, name: str) -> dict[str, Any]:
    public = algorithm.to_jwk(key.public_key())
    return {**json.loads(public), "kid": name, "alg": name, "use": "sig"}
