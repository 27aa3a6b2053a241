"""Letters, briefs and checklists from templates: the kit's own in English and German, or the user's in their place.

Templates are Jinja2 in its sandbox, so that a template can write text and nothing else. Whatever is filled in comes onto one line and is
escaped for Markdown; nothing that a creator or a brief says becomes markup, and nothing of it is taken for a template.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from playbook.errors import NotUsable, did_you_mean

LANGUAGES = ("en", "de")
KINDS = ("message", "follow_up", "creative_brief", "agreement")
# mail programs show text as it is; the other two are read as Markdown
PLAIN = ("message", "follow_up")
ENDING = ".md.j2"
FIELDS = {
    "name": "the creator's name, else the handle",
    "handle": "the creator's handle with @",
    "platform": "where the creator is",
    "brand": "the brand's name",
    "sender": "who writes: a gap to fill in",
    "campaign": "the campaign's name",
    "dates": "first and last day; empty where the brief names none",
    "goal": "what the campaign is for, in words",
    "deliverable": "what was quoted, such as reel; else post",
    "posts": "posts planned for each creator",
    "values": "the brand's values",
    "avoid": "the brand's words to avoid",
    "facts": "list: what your data says about the creator, each with its words quoted",
    "fee": "the fee with its currency; empty where unknown",
    "fee_quoted": "whether the creator named that fee",
    "fee_kind": "where the fee comes from, in words; empty where unknown",
    "label": "the wording that says the post is paid",
    "label_rules": "list: the rules for it",
    "legal": "that this is no legal advice, and what was not checked",
    "legal_short": "that this is no legal advice",
    "code": "the creator's discount code",
    "link": "the creator's link; empty where the brief has no website",
}
LONGEST = 20_000  # signs of a template


def one_line(text: object, most: int = 300) -> str:
    """Bring foreign text onto one line: no control or direction signs, single blanks, at most so many characters.

    >>> one_line("Ana\\n# Bo\\u202e\\tx ")
    'Ana # Bo x'
    """
    kept = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(text) if unicodedata.category(c) not in ("Cf", "Cs", "Co")
    )
    return " ".join(kept.split())[:most]


def markdown(text: str) -> str:
    """Write foreign text into Markdown so that nothing of it is markup.

    >>> markdown("[x](javascript:1) <b> *y*")
    '\\\\[x\\\\]\\\\(javascript:1\\\\) &lt;b&gt; \\\\*y\\\\*'
    """
    return re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", html.escape(text, quote=False))


def render(kind: str, language: str, values: Mapping[str, Any], own: Mapping[str, str] | None = None) -> str:
    """Fill one template.

    Parameters
    ----------
    kind : {'message', 'follow_up', 'creative_brief', 'agreement'}
    language : {'en', 'de'}
    values : mapping
        The names of `FIELDS`; text, numbers, truth values and lists of text.
    own : mapping of name to text, optional
        The user's templates, such as ``{"message.md.j2": …, "de/agreement.md.j2": …}``: one for the language wins over one for all, and
        either over the kit's.

    Returns
    -------
    str
        Plain text (message, follow-up; its first line is the subject) or Markdown.

    Raises
    ------
    NotUsable
        Where the user's template cannot be read or names something unknown.

    Examples
    --------
    >>> render("message", "en", {"name": "Ana"}, {"message.md.j2": "Hi {{ name }}!"})
    'Hi Ana!\\n'
    >>> render("agreement", "en", {"name": "*Ana*"}, {"agreement.md.j2": "Hi {{ name }}!"})
    'Hi \\\\*Ana\\\\*!\\n'
    """
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    name, source = _source(kind, language, own or {})
    try:
        text = _environment(kind in PLAIN).from_string(source).render({f: "" for f in FIELDS if f not in values} | dict(values))
    except TemplateSyntaxError as problem:
        raise NotUsable(f"templates/{name} line {problem.lineno}: {problem.message}; expected a Jinja2 template.") from None
    except UndefinedError as problem:
        unknown = re.search(r"'([^']+)' is undefined", str(problem.message))
        near = did_you_mean(unknown[1], list(FIELDS)) if unknown else ""
        raise NotUsable(f"templates/{name}: {problem.message}{near}; a template may name {', '.join(FIELDS)}.") from None
    except SecurityError:
        raise NotUsable(f"templates/{name} does more than write text, which is refused; it may only name {', '.join(FIELDS)}.") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, OverflowError, RecursionError, MemoryError) as problem:
        said = one_line(problem, 120)
        raise NotUsable(f"templates/{name} cannot be filled in ({said}); compare it with the kit's own template.") from None
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _source(kind: str, language: str, own: Mapping[str, str]) -> tuple[str, str]:
    for name in (f"{language}/{kind}{ENDING}", f"{kind}{ENDING}"):
        if name in own:
            if len(own[name]) > LONGEST:
                raise NotUsable(f"templates/{name} has {len(own[name]):,} signs; a template has at most {LONGEST:,}.")
            return name, own[name]
    return f"{language}/{kind}{ENDING}", shipped()[f"{language}/{kind}{ENDING}"]


@functools.cache
def shipped() -> dict[str, str]:
    """Return the kit's own templates by name, such as ``en/message.md.j2``."""
    root = files("playbook") / "outreach" / "templates"
    return {f"{lang}/{kind}{ENDING}": (root / lang / f"{kind}{ENDING}").read_text(encoding="utf-8") for lang in LANGUAGES for kind in KINDS}


class Address(str):
    """A web address, which stays one in Markdown."""

    __slots__ = ()


@functools.cache
def _environment(plain: bool):
    from jinja2 import StrictUndefined, Undefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def filled(value: object) -> object:
        if isinstance(value, (bool, int, float, Undefined)):
            return value
        if isinstance(value, Address):
            address = re.sub(r"[<>\s]", "", value)
            return address if plain or not address else f"<{address}>"
        text = one_line(value, 2_000)
        return text if plain else markdown(text)

    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=filled, autoescape=False)
    made.globals.clear()
    return made


def page(markdown_text: str, *, top: int = 1) -> str:
    """Turn a filled brief or checklist into HTML; HTML in it stays text, and only web addresses become links.

    Parameters
    ----------
    top : int
        Level of its first heading, 1-6: where it stands inside another page.

    >>> page("# Hi\\n\\n<b>no</b>", top=2)
    '<h2>Hi</h2>\\n<p>&lt;b&gt;no&lt;/b&gt;</p>\\n'
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown_text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + top - 1)}"
    return parser.renderer.render(tokens, parser.options, {})
