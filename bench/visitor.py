"""A visitor without a browser: signs in through the real form, counts what travels."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


class _Forms(HTMLParser):
    """Collects the hidden and named inputs of the first form in `main` that has a password."""

    def __init__(self) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self.found: dict[str, str] = {}
        self.user = ""
        self.password = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.form = {}
        if tag != "input" or "name" not in facts:
            return
        self.form[facts["name"]] = facts.get("value", "")
        if facts.get("autocomplete") == "username":
            self.user = facts["name"]
        if facts.get("type") == "password":
            self.password, self.found = facts["name"], self.form


@dataclass
class Visitor:
    """One session; `travelled` is the number of bytes received, as compressed on the wire."""

    base: str
    client: httpx.Client = field(init=False)
    travelled: int = 0

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.base, follow_redirects=True, timeout=30, headers={"Accept-Encoding": "br, gzip"}
        )

    def get(self, path: str) -> httpx.Response:
        with self.client.stream("GET", path) as response:
            response.read()
            self.travelled += response.num_bytes_downloaded
        return response

    def signs_in(self, number: str, password: str) -> None:
        page = self.get("/sign-in/")
        forms = _Forms()
        forms.feed(page.text)
        fields = forms.found | {forms.user: number, forms.password: password}
        answer = self.client.post("/sign-in/", data=fields, headers={"Referer": f"{self.base}/sign-in/"})
        if "/sign-in/" in str(answer.url):
            raise RuntimeError(f"could not sign in: {answer.status_code}")

    def parts_of(self, page: str) -> list[str]:
        """Style sheets, scripts and the sprite that a page asks for."""
        found = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
        return sorted(set(found))

    def close(self) -> None:
        self.client.close()
