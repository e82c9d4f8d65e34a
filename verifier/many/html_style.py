"""The style of the page of a report: for the screen, dark too, and for paper."""

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, "Noto Sans TC", "Microsoft JhengHei", sans-serif; margin: 1.5rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; }
table { border-collapse: collapse; }
th, td { border: 1px solid #767676; padding: .3rem .5rem; text-align: start; vertical-align: top; }
td { overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
span[lang=en] { font-size: .85em; }
tr.VALID td:nth-child(2), tr.VALID th { border-inline-start: .4rem solid #1b7f3b; }
tr.INVALID td:nth-child(2), tr.INVALID th { border-inline-start: .4rem double #c0182a; }
tr.INDETERMINATE td:nth-child(2), tr.INDETERMINATE th { border-inline-start: .4rem dashed #9a6700; }
.warning { border: .25rem solid #c0182a; padding: .5rem; font-weight: bold; }
@media print { thead { display: table-header-group; } tr { break-inside: avoid; } }
"""
