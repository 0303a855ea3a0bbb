"""An organisation's directory on loopback: OpenID Connect as its specification says, and as it goes wrong."""

import base64
import hashlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT = ("beatbook", "s3cret")
KEY, OTHER_KEY = (ECKey.generate_key("P-256", {"kid": "1"}) for _ in range(2))


class Issuer(ThreadingHTTPServer):
    """Signs in whoever comes, with `claims`. `status`: what it answers with, whatever it is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, Any] = {"preferred_username": "A.Lead@Example.org", "roles": ["beatbook-lead"]}
        self.key, self.algorithms, self.status = KEY, ["ES256"], 200
        self.named = self.url  # what it says of itself where it is looked up
        self.has_token = True
        self.codes: dict[str, dict[str, str]] = {}

    def visit(self, url: str) -> str:
        """What a person does there: sign in, and be sent back. The address to which they are sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT[0], "code")
        assert (asked["scope"], asked["code_challenge_method"]) == ("openid profile", "S256")
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, sent: dict[str, str], authorization: str) -> dict[str, Any]:
        """The answer of the token endpoint, once for each code."""
        asked = self.codes.pop(sent["code"], None)
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        basic = "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode()
        if (
            asked is None
            or authorization != basic
            or base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != asked["code_challenge"]
            or sent["redirect_uri"] != asked["redirect_uri"]
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": "4711",
            "aud": CLIENT[0],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        answer = {"access_token": "a", "token_type": "Bearer"}
        if self.has_token:
            answer["id_token"] = self.sign({name: each for name, each in claims.items() if each is not None})
        return answer

    def sign(self, claims: dict[str, Any]) -> str:
        if self.algorithms == ["none"]:
            parts = [json.dumps(each).encode() for each in ({"alg": "none"}, claims)]
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.key)


class _Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        url = self.server.url
        self.answer(
            {"keys": [KEY.as_dict(private=False)]}
            if self.path == "/keys"
            else {
                "issuer": self.server.named,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/keys",
                "id_token_signing_alg_values_supported": self.server.algorithms,
            }
        )

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        fields = {name: values[0] for name, values in sent.items()}
        found = self.server.redeem(fields, self.headers.get("Authorization", ""))
        self.answer(found, 400 if "error" in found else 200)

    def answer(self, content: object, status: int = 200) -> None:
        self.send_response(status if self.server.status == 200 else self.server.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: Any) -> None: ...
