"""A fake OpenID Connect provider on this machine: it publishes itself, takes codes and signs who came."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider:
    """What the organisation knows, and the codes it has given out."""

    client_id, client_secret = "notoneless", "made up for the test"

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.codes: dict[str, dict[str, Any]] = {}

    def recognises(self, asked: str, *, key: RSAKey | None = None, **claims: Any) -> str:
        """Somebody signed in at the address we sent them to; gives the path they come back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        assert query["client_id"] == self.client_id
        code = f"code-{len(self.codes)}"
        self.codes[code] = {"asked": query, "claims": claims, "key": key or self.key}
        back = urlsplit(query["redirect_uri"])
        assert back.netloc == "county.example"
        return f"{back.path}?{urlencode({'code': code, 'state': query['state']})}"

    def metadata(self) -> dict[str, Any]:
        """What it publishes about itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """What a code is exchanged for, once, by whoever has the verifier."""
        given = self.codes.pop(form.get("code", ""), None)
        if given is None:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != given["asked"]["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "7",
            "iat": now,
            "exp": now + 300,
            "nonce": given["asked"]["nonce"],
        }
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims | given["claims"], given["key"])
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@contextmanager
def a_provider() -> Iterator[Provider]:
    """A provider that answers as long as it is needed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.provider = Provider(server.server_port)  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server.provider  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Publish."""
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        keys = {"keys": [provider.key.as_dict(private=False)]}
        self._say(200, keys if self.path == "/keys" else provider.metadata())

    def do_POST(self) -> None:
        """Exchange a code."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()}
        token = self.server.provider.token(form)  # type: ignore[attr-defined]
        self._say(200, token) if token else self._say(400, {"error": "invalid_grant"})

    def _say(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""
