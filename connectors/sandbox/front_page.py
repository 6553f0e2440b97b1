"""The page at `/`: it says in large letters that this is a sandbox, and what is in it. No scripts."""

from html import escape
from typing import Final

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>contact-sync sandbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 1.1rem/1.5 sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ font-size: 3rem; line-height: 1.1; color: #8a4b00 }}
td, th {{ text-align: left; padding: .2rem 1rem .2rem 0 }}</style>
</head><body>{content}</body></html>"""


def html_page(content: str) -> str:
    """Put content that is HTML already into the sandbox's page."""
    return _PAGE.format(content=content)


def front_page(base_url: str, contacts: int, mails: int, groups: list[dict[str, object]]) -> str:
    """Write the front page.

    Args:
        base_url: Where the API is.
        contacts: How many contacts there are.
        mails: How many automated e-mails would have been sent.
        groups: The groups, as `groups/search` shows them.
    """
    rows = "".join(
        f"<tr><td>{group['groupID']}</td><td>{escape(str(group['groupName']))}</td><td>{group['totalMembers']}</td></tr>"
        for group in groups
    )
    return html_page(
        "<h1>This is a sandbox</h1>"
        "<p>A stand-in for the e-mail platform on this computer. Nothing here reaches a real audience "
        "and no e-mail is ever sent.</p>"
        f"<p><strong>{contacts}</strong> contacts, <strong>{len(groups)}</strong> groups, "
        f"<strong>{mails}</strong> automated e-mails that the platform would have sent.</p>"
        f"<table><tr><th>groupID</th><th>Group</th><th>Members</th></tr>{rows}</table>"
        f"<p>The API is at <code>{escape(base_url)}</code>.</p>"
    )
