"""The API, as its owner uses it: claimed with the code that the console told, then by a session."""
import http.client
import json
import re
import ssl
import urllib.error
import urllib.request

from .common import PATIENCE, fail, wait_for

NAME, PASSWORD = "anna", "a long password of a studio"


class Refused(Exception):
    """An answer that is none of success."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


class Owner:
    """Who has claimed the appliance. The session outlives restarts, as the database does."""

    def __init__(self, guest):
        self.guest = guest
        self.cookie = None
        # The certificate is the house's own.
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def ask(self, method, path, body=None):
        """What the API answers."""
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"https://127.0.0.1:{self.guest.secure}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
                for cookie in answer.headers.get_all("Set-Cookie") or []:
                    self.cookie = cookie.split(";")[0]
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode(errors="replace")) from error

    def claim(self):
        code = wait_for("the setup code on the console", PATIENCE, self.code)
        self.ask("POST", "/api/v1/claim", {"code": code, "name": NAME, "password": PASSWORD})
        if not self.cookie:
            self.ask("POST", "/api/v1/session", {"name": NAME, "password": PASSWORD})

    def code(self):
        said = self.guest.ssh("journalctl -b -u platen -o cat --no-pager")[1]
        codes = re.findall(r"setup code ([A-Z0-9]{4}-[A-Z0-9]{4})", said)
        return codes[-1] if codes else None

    def get(self, path):
        """None while nobody answers, or where there is nothing."""
        try:
            return self.ask("GET", path)
        except (OSError, http.client.HTTPException, ValueError, Refused):
            return None

    def newest(self):
        """The number of the last event."""
        after = 0
        while True:
            page = self.get(f"/api/v1/events?after={after}")
            if page is None:
                fail("the API tells no events")
            if page["items"]:
                after = page["items"][-1]["seq"]
            if not page.get("next"):
                return after

    def panel_acts(self, after):
        """What was done at the panel since then."""
        page = self.get(f"/api/v1/events?after={after}") or {"items": []}
        return [event for event in page["items"] if event.get("event") == "panel"]
