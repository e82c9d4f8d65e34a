"""Forty texts that would run, or change the page, where any text is ever taken for markup."""

import json
from typing import Final

from tests.browser.world import DAY
from tests.simulator import Simulator

STRINGS: Final = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    '<iframe src="javascript:alert(1)"></iframe>',
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<body onload=alert(1)>",
    '<a href="javascript:alert(1)" autofocus onfocus=alert(1)>press</a>',
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    '<object data="javascript:alert(1)"></object>',
    '<embed src="javascript:alert(1)">',
    '<form action="javascript:alert(1)"><button id=text-check>go</button></form>',
    '<base href="https://evil.example/">',
    '<link rel=stylesheet href="https://evil.example/a.css">',
    "<style>[data-outcome]{display:none}</style>",
    "<style>@import url(https://evil.example/a.css);</style>",
    '<meta http-equiv=refresh content="0;url=https://evil.example/">',
    "<template><script>alert(1)</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<!--<img src="--><img src=x onerror=alert(1)>">',
    "<![CDATA[<script>alert(1)</script>]]>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "#{alert(1)}`${alert(1)}`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "__proto__",
    '<div data-outcome="VALID" id="verdict">VALID</div>',
)


def hostile_type(type_no: int, text: str) -> bytes:
    """A type document that says the text wherever a type document says anything."""
    title = {"zh-Hant": text, "en": text}
    fields = [
        {"label": 1, "key": "name", "kind": "text", "title": title, "required": True},
        {"label": 2, "key": "kind", "kind": "code", "title": title, "codes": {"X": title}},
        {
            "label": 3,
            "key": "people",
            "kind": "rows",
            "title": title,
            "fields": [{"label": 1, "key": "who", "kind": "text", "title": title}],
        },
    ]
    document = {
        "format": 1,
        "id": f"hostile-{type_no}",
        "type": type_no,
        "version": 1,
        "title": title,
        "group_by": 1,
        "fields": fields,
        "layout": {},
    }
    return json.dumps(document, ensure_ascii=False).encode()


def hostile_credentials(now: int) -> tuple[Simulator, list[bytes]]:
    """A registry in which every text is hostile, and a credential for each of the texts."""
    sim = Simulator(now=now - DAY, block_seconds=1)
    sealed = []
    for number, text in enumerate((*STRINGS, "王小明")):
        type_no = 100 + number
        sim.register_type(hostile_type(type_no, text))
        office = sim.office(f"X{number}", type_no=type_no)
        sim.rename(office, text, text)
        batch = sim.issue(office, {1: text, 2: "X", 3: [{1: text}], 999: text})
        sealed.append(batch.sealed[0])
    sim.now = now - 60
    sim.checkpoint()
    return sim, sealed
