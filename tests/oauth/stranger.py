"""What a stranger's OAuth 2.0 client sees of Platen: Authlib and requests, against the real daemon by HTTPS.

Prints a line for each thing that holds, and ends with 1 at the first one that does not.
"""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qsl, urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PASSWORD = "a stranger's long password"
CALLBACK = "http://127.0.0.1:49152/callback"
AUDIENCE = "platen-studio"
#: Everything that must be in no log and in no file.
SECRETS = {PASSWORD}


def holds(what, condition, *seen):
    if not condition:
        print(f"tests/oauth: does not hold: {what}", *seen, file=sys.stderr)
        raise SystemExit(1)
    print(f"holds: {what}")


def refused(what, error, act):
    """An error of OAuth's own form."""
    try:
        given = act()
    except OAuthError as told:
        holds(what, told.error == error, told)
    else:
        holds(what, False, given)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n):
    return b64(n.to_bytes((n.bit_length() + 7) // 8, "big"))


class Issuer:
    """An issuer of tokens outside of the house: its metadata and its keys, by HTTP on this machine."""

    def __init__(self):
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.asked = []
        issuer = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                known = issuer.documents().get(self.path)
                body = json.dumps(known).encode()
                self.send_response(404 if known is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.iss = f"http://127.0.0.1:{self.server.server_port}/studio"

    def documents(self):
        r = self.rsa.public_key().public_numbers()
        e = self.ec.public_key().public_numbers()
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        keys = [
            {"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": number(r.n), "e": number(r.e)},
            {"kty": "EC", "kid": "ec", "crv": "P-256", "x": b64(e.x.to_bytes(32, "big")), "y": b64(e.y.to_bytes(32, "big"))},
            {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": b64(self.ed.public_key().public_bytes(*raw))},
        ]
        return {
            # Where OpenID Connect has it: what RFC 8414 has is asked for first, and is not there.
            "/studio/.well-known/openid-configuration": {"issuer": self.iss, "jwks_uri": f"{self.iss}/keys"},
            "/studio/keys": {"keys": keys},
        }

    def claims(self, **change):
        now = int(time.time())
        claims = {"iss": self.iss, "aud": AUDIENCE, "sub": "web-shop", "iat": now, "nbf": now, "exp": now + 300}
        claims = {**claims, "scope": "jobs:read printers:read openid", **change}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, alg="RS256", kid="rsa", claims=None, sign=None):
        head = b64(json.dumps({"alg": alg, "kid": kid, "typ": "at+jwt"}).encode())
        signed = f"{head}.{b64(json.dumps(claims or self.claims()).encode())}"
        token = f"{signed}.{b64((sign or getattr(self, alg.lower()))(signed.encode()))}"
        SECRETS.add(token)
        return token

    def rs256(self, data):
        return self.rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def es256(self, data):
        r, s = decode_dss_signature(self.ec.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def eddsa(self, data):
        return self.ed.sign(data)

    def public_pem(self):
        form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.rsa.public_key().public_bytes(*form)


class Daemon:
    """The daemon, in a folder of its own."""

    def __init__(self, platen, folder, issuer):
        self.folder = pathlib.Path(folder)
        config = self.folder / "platen.toml"
        config.write_text(
            "data = 'state'\n[ipp]\nlisten = ['127.0.0.1:0']\nannounce = false\nauthentication = 'oauth'\n[web]\nlisten = ['127.0.0.1:0']\n"
            f"[oauth]\nissuer = '{issuer.iss}'\naudience = '{AUDIENCE}'\n"
            "[[printer]]\nname = 'Gertie'\nuri = 'virtual:'\n"
        )
        self.log = open(self.folder / "log", "w+b")
        self.process = subprocess.Popen(
            [platen, "serve", "--config", config, "--log", "debug"], stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if "stop" in line:
                break
        said = "".join(self.said)
        page = re.search(r"https://localhost:(\d+)/", said)
        code = re.search(r"setup code (\S+),", said)
        if not page or not code:
            raise SystemExit(f"tests/oauth: the daemon did not start:\n{said}{self.logged()}")
        self.base = f"https://localhost:{page[1]}"
        self.ipp = f"localhost:{re.search(r'ipp://localhost:([0-9]+)/ipp/print', said)[1]}/ipp/print"
        self.code = code[1]
        # Whoever made its certificate is trusted, and nobody else.
        self.ca = str(self.folder / "ca.pem")
        tls = json.loads((self.folder / "state/tls.json").read_text())
        pathlib.Path(self.ca).write_text(tls["certificate"])

    def logged(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def ask(self, method, path, token=None, session=None, **more):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if session and method not in ("GET", "HEAD"):
            headers["Origin"] = self.base
        return (session or requests).request(
            method, self.base + path, headers=headers, verify=self.ca, timeout=30, **more
        )

    def me(self, token):
        return self.ask("GET", "/api/v1/me", token)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def client(daemon, made, **more):
    session = OAuth2Session(
        made["client_id"], made.get("client_secret"), redirect_uri=CALLBACK, code_challenge_method="S256", **more
    )
    # Else REQUESTS_CA_BUNDLE would say whom to trust.
    session.trust_env = False
    session.verify = daemon.ca
    return session


def remember(token):
    SECRETS.update(token[name] for name in ("access_token", "refresh_token") if token.get(name))
    return token


def claim(daemon):
    owner = requests.Session()
    wrong = {"code": "AAAA-AAAA", "name": "ola", "password": PASSWORD}
    holds("nobody claims it without the code", daemon.ask("POST", "/api/v1/claim", json=wrong).status_code == 403)
    right = {**wrong, "code": daemon.code}
    claimed = daemon.ask("POST", "/api/v1/claim", session=owner, json=right)
    holds("the setup code on the console claims it", claimed.status_code == 201, claimed.text)
    holds("and only once", daemon.ask("POST", "/api/v1/claim", json=right).status_code == 409)
    SECRETS.add(owner.cookies["__Host-platen"])
    SECRETS.add(claimed.json()["form_token"])
    me = daemon.ask("GET", "/api/v1/me", session=owner).json()
    holds("the owner is signed in by a cookie", me["role"] == "owner", me)
    return owner


def made(daemon, owner, **new):
    told = daemon.ask("POST", "/api/v1/clients", session=owner, json=new)
    holds(f"the owner makes the program {new['name']}", told.status_code == 201, told.text)
    told = told.json()
    if told["client_secret"]:
        SECRETS.add(told["client_secret"])
    return told


def metadata(daemon):
    told = daemon.ask("GET", "/.well-known/oauth-authorization-server").json()
    server = AuthorizationServerMetadata(told)
    server.validate()
    holds("Authlib takes the metadata (RFC 8414)", server.issuer == daemon.base, told)
    return server


def for_itself(daemon, server, shop):
    for method in ("client_secret_basic", "client_secret_post"):
        session = client(daemon, shop, scope="jobs:read", token_endpoint_auth_method=method)
        token = remember(session.fetch_token(server.token_endpoint, grant_type="client_credentials"))
        holds(f"client credentials by {method}", token["scope"] == "jobs:read" and token["expires_in"] == 600, token)
    me = session.get(f"{daemon.base}/api/v1/me").json()
    holds("the token is good for the API", me["name"] == "shop" and me["scopes"] == "jobs:read", me)
    answer = session.get(f"{daemon.base}/api/v1/users")
    challenge = answer.headers.get("WWW-Authenticate", "")
    holds("and for nothing beyond its scopes", answer.status_code == 403 and "insufficient_scope" in challenge)
    known = session.introspect_token(server.introspection_endpoint, token=token["access_token"]).json()
    holds("introspection tells of it (RFC 7662)", known["active"] and known["client_id"] == shop["client_id"], known)
    session.revoke_token(server.revocation_endpoint, token=token["access_token"])
    answer = daemon.me(token["access_token"])
    holds("a revoked token is refused (RFC 7009)", answer.status_code == 401, answer.text)
    holds("as RFC 6750 has it", 'error="invalid_token"' in answer.headers["WWW-Authenticate"])
    wrong = client(daemon, {**shop, "client_secret": "pls_wrong"})
    refused(
        "a wrong secret is refused",
        "invalid_client",
        lambda: wrong.fetch_token(server.token_endpoint, grant_type="client_credentials"),
    )


def consent(daemon, owner, url, approved=True):
    """What the page does when the person has said yes or no."""
    asked = dict(parse_qsl(urlsplit(url).query))
    told = daemon.ask("GET", "/api/v1/oauth/authorize", session=owner, params=asked)
    if told.status_code != 200 or "redirect_uri" in told.json() and "client" not in told.json():
        return told
    answer = {**asked, "approved": approved}
    told = daemon.ask("POST", "/api/v1/oauth/authorize", session=owner, json=answer)
    sent = told.json()["redirect_uri"]
    SECRETS.update(value for name, value in parse_qsl(urlsplit(sent).query) if name == "code")
    return sent


def for_a_person(daemon, server, owner, program):
    name = program["name"]
    session = client(daemon, program, scope="jobs:read jobs:write")
    verifier = secrets.token_urlsafe(48)
    SECRETS.add(verifier)
    url, _ = session.create_authorization_url(server.authorization_endpoint, code_verifier=verifier)
    sent = consent(daemon, owner, url)
    holds(f"{name}: the person is sent back with a code", sent.startswith(CALLBACK + "?code="), sent)
    given = {"url": server.token_endpoint, "authorization_response": sent}
    refused(
        f"{name}: the code is nothing without its verifier",
        "invalid_grant",
        lambda: session.fetch_token(**given, code_verifier=secrets.token_urlsafe(48)),
    )
    first = dict(remember(session.fetch_token(**given, code_verifier=verifier)))
    me = session.get(f"{daemon.base}/api/v1/me").json()
    holds(f"{name}: code and PKCE give a token of the person", me["name"] == "ola", me)
    second = dict(remember(session.refresh_token(server.token_endpoint, refresh_token=first["refresh_token"])))
    holds(f"{name}: refresh tokens rotate", second["refresh_token"] != first["refresh_token"])
    holds(f"{name}: the new token is good", daemon.me(second["access_token"]).status_code == 200)
    refused(
        f"{name}: an old refresh token is refused",
        "invalid_grant",
        lambda: session.refresh_token(server.token_endpoint, refresh_token=first["refresh_token"]),
    )
    spent = [daemon.me(token["access_token"]).status_code for token in (first, second)]
    holds(f"{name}: and has revoked the family: access tokens", spent == [401, 401], spent)
    refused(
        f"{name}: and has revoked the family: the newest refresh token",
        "invalid_grant",
        lambda: session.refresh_token(server.token_endpoint, refresh_token=second["refresh_token"]),
    )


def refusals(daemon, server, owner, shop):
    session = client(daemon, shop, scope="jobs:read")
    url, _ = session.create_authorization_url(server.authorization_endpoint, code_verifier=secrets.token_urlsafe(48))
    sent = consent(daemon, owner, url, approved=False)
    told = dict(parse_qsl(urlsplit(sent).query))
    good = told["error"] == "access_denied" and "code" not in told and told["state"] in url
    holds("a person who says no is sent back so", good, sent)
    plain = url.replace("code_challenge_method=S256", "code_challenge_method=plain")
    told = consent(daemon, owner, plain)
    holds("PKCE is S256 or nothing", "error=invalid_request" in told.json()["redirect_uri"], told.text)
    evil = url.replace("127.0.0.1%3A49152", "evil.example")
    told = consent(daemon, owner, evil)
    holds("nobody is sent to an address that is not known", told.status_code == 400, told.text)
    cross = owner.post(
        f"{daemon.base}/api/v1/oauth/authorize", json={}, headers={"Origin": "https://evil.example"}, verify=daemon.ca
    )
    holds("no other page says yes for the person", cross.status_code == 403, cross.text)


def outside(daemon, issuer):
    for alg, kid in (("RS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")):
        me = daemon.me(issuer.token(alg, kid))
        good = me.status_code == 200 and me.json()["name"] == "web-shop"
        holds(f"a JWT of the outside issuer by {alg}", good and me.json()["scopes"] == "jobs:read printers:read", me.text)
    fetched = issuer.asked.count("/studio/keys")
    now = time.time()
    public = issuer.public_pem()

    def hs256(secret):
        return lambda data: hmac.new(secret, data, hashlib.sha256).digest()

    def bad(**change):
        return issuer.token(claims=issuer.claims(**change))

    attempts = [
        ("a JWT for a wrong audience", bad(aud="another-house")),
        ("a JWT for no audience", bad(aud=None)),
        ("a JWT of another issuer", bad(iss="https://evil.example")),
        ("an expired JWT", bad(exp=now - 61)),
        ("a JWT that does not end", bad(exp=None)),
        ("a JWT that has not begun", bad(nbf=now + 120)),
        ("alg none", issuer.token("none", sign=lambda _: b"")),
        ("alg None", issuer.token("None", sign=lambda _: b"")),
        ("HS256 with the RSA key as its secret", issuer.token("HS256", sign=hs256(public))),
        ("HS256 with the RSA key's modulus", issuer.token("HS256", sign=hs256(issuer.documents()["/studio/keys"]["keys"][0]["n"].encode()))),
        ("RS256 with a signature of HS256", issuer.token("RS256", sign=hs256(public))),
        ("a JWT that was signed by a stranger", issuer.token(sign=Issuer().rs256)),
        ("RS256 with the key of ES256", issuer.token("RS256", kid="ec")),
        ("an unknown key", issuer.token(kid="unknown")),
    ]
    for what, token in attempts:
        answer = daemon.me(token)
        good = answer.status_code == 401 and 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        holds(f"refused: {what}", good, answer.status_code, answer.text)
    holds("and tokens with unknown keys do not make it ask again and again", issuer.asked.count("/studio/keys") <= fetched + 1)


def create_job(printer):
    """Create-Job as bytes (RFC 8010)."""

    def attribute(tag, name, value):
        name, value = name.encode(), value.encode()
        return bytes([tag]) + len(name).to_bytes(2, "big") + name + len(value).to_bytes(2, "big") + value

    return (
        bytes([2, 0, 0, 5, 0, 0, 0, 1, 1])
        + attribute(0x47, "attributes-charset", "utf-8")
        + attribute(0x48, "attributes-natural-language", "en")
        + attribute(0x45, "printer-uri", f"ipps://{printer}")
        + attribute(0x42, "requesting-user-name", "somebody else")
        + b"\x03"
    )


def by_ipp(daemon, server, shop, issuer):
    def create(scheme, token):
        headers = {"Content-Type": "application/ipp"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = create_job(daemon.ipp)
        return requests.post(f"{scheme}://{daemon.ipp}", data=body, headers=headers, verify=daemon.ca, timeout=30)

    session = client(daemon, shop)
    token = remember(session.fetch_token(server.token_endpoint, grant_type="client_credentials"))["access_token"]
    holds("IPP in the open is told to go on in TLS", create("http", None).status_code == 426)
    asked = create("https", None)
    holds("IPP asks for a token", asked.status_code == 401 and asked.headers["WWW-Authenticate"].startswith("Bearer"))
    holds("and takes none that may not print", create("https", issuer.token()).status_code == 401)
    made = create("https", token)
    holds("a job is made with one", made.status_code == 200 and made.content[2:4] == b"\0\0", made.content)
    seen = daemon.ask("GET", "/api/v1/jobs/1", token).json()
    holds("and is of whoever the token is for", seen.get("user") == "shop", seen)


def nothing_tells(daemon):
    log = daemon.logged()
    daemon.stop()
    known = {secret for secret in SECRETS if len(secret) >= 8}
    holds("the log has no secret", not [secret for secret in known if secret in log])
    files = [path for path in (daemon.folder / "state").rglob("*") if path.is_file() and path.name != "tls.json"]
    kept = b"".join(path.read_bytes() for path in files)
    holds(f"nor have the {len(files)} files of the state folder", not [s for s in known if s.encode() in kept])


def main():
    platen = sys.argv[1]
    issuer = Issuer()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ends:
        daemon = Daemon(platen, folder, issuer)
        ends.callback(daemon.process.kill)
        SECRETS.update({daemon.code, daemon.code.replace("-", "")})
        owner = claim(daemon)
        scopes = "jobs:read jobs:write"
        # An app may listen on any port.
        addresses = ["http://127.0.0.1/callback"]
        shop = made(daemon, owner, name="shop", scopes=scopes, redirect_uris=addresses)
        app = made(daemon, owner, name="app", scopes=scopes, redirect_uris=addresses, public=True)
        server = metadata(daemon)
        for_itself(daemon, server, shop)
        for_a_person(daemon, server, owner, shop)
        for_a_person(daemon, server, owner, app)
        refusals(daemon, server, owner, shop)
        outside(daemon, issuer)
        by_ipp(daemon, server, shop, issuer)
        gone = daemon.ask("DELETE", f"/api/v1/clients/{shop['client_id']}", session=owner)
        holds("the owner revokes the program", gone.json()["revoked"] is not None, gone.text)
        again = client(daemon, shop)
        refused(
            "which is then refused",
            "invalid_client",
            lambda: again.fetch_token(server.token_endpoint, grant_type="client_credentials"),
        )
        nothing_tells(daemon)
    print("tests/oauth: all holds")


main()
