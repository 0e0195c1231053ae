"""Strings that YAML writers and readers are known to confuse, the same ones on every run."""

from __future__ import annotations

from itertools import product

_WORDS = (
    "y n yes no on off true false null nan inf nil none undefined infinity .nan .inf -.inf "
    "+.inf ~ << = ! & * ? - -- --- ... .. . , : :: # % @ ` | > |- >- |+ [] {} [ ] { } <>"
)
_NUMBERS = (
    "0 1 7 00 01 007 08 09 010 0777 0644 0o17 0O17 0o8 0x1f 0X1F 0xg 0b1 0B1 0b101 0b2 0b-1 "
    "1_000 1__0 1_ _1 0_7 0_b1 0_x1F 0x_1 0o_7 1. .5 0.5 1.5 1.50 1.2.3 1.2.3.4 10.0.0.0/8 "
    "1e3 1E3 1e+3 1e-3 12e03 .5e3 5.e3 1.5e3 123e4 123e456 1e999 0e0 0.1e1 6.02E23 0x1p-2 "
    "0x1.8p3 1e 1e+ e3 1.e .e3 . .e 1..2 1.2. .1.2 .5_0 ._5 9007199254740993 "
    "9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616 "
    "123456789012345678901234567890 12:30 12:30:00 1:2 190:20:30 190:20:30.15 0:0 59:59.9 "
    "1:60 2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z 2026-13-45 "
    "20010101 2001-01 100m 10Gi 1k 5d 7d 30s 1h30m 50% 1/2 1d2 0d 12e 0xe 0b 0o 0x 1e5f "
    "3e8a2c1 1234567 0012 12,000 1,5 1-2 1+1"
)
_WRAPPINGS = (
    "{}", " {}", "{} ", " {} ", "\t{}", "{}\t", "{}:", ":{}", "{}: x", "x: {}", "{} #", "{} # x",
    "#{}", "{}#", "'{}'", '"{}"', "'{}", '{}"', "- {}", "? {}", "! {}", "!!str {}", "&{}", "*{}",
    "{}\n", "\n{}", "{}\nx", "[{}]", "{{{}}}",
)  # fmt: skip
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_UNICODE = (
    "é ü ß 日本語 кириллица \u00a0 \u00ad \u200b \u200d \u2028 \u2029 \u202e \u2060 \u3000 "
    "\ufeff \ufdd0 \ufffd \ue000 😀 👨\u200d👩\u200d👧 🇩🇪 e\u0301 ﷽ \U0001fffe \U0001ffff "
    "\U0010ffff \uff11\uff12 \uff59\uff45\uff53 \u0663 \u00bd \u2167"
)
_CONTROL = [chr(code) for code in range(0x20)]
_TEMPLATES = [
    "${X}", "$${X}", "${X:-yes}", "$(X)", "$X", "{{ .Values.x }}", "{{- if x }}", "{% if x %}",
    "%{x}", "<% x %>", "`date`", "$(date +%s)", "!Find x", "!Env [a, b]", "!!binary aGk=",
    "%YAML 1.2", "%TAG ! x", "&a *a", "*.example.com", "@every 5m", "0 5 * * *", "*/5 * * * *",
    "0 0 1 1 0", "http://x:80/a?b=c#d", "a: b: c", "key: value", "- item", "--flag=value", "--",
    "-x", "->", "a -- b", "C:\\temp", "\\n", "\\", "\\\\", "it's", 'say "x"', "''", '""', '\'"',
    "^/api/(.*)$", "!=", "=~", "==", ">=", "<none>", "|", "| x", "> x", "a|b", "a,b", "[a, b]",
    "{a: b}", "{a}", "a{b", "Europe/Berlin", "a@b.c", "a#b", "a #b", "a:b", "a :b", "a: ", ":a",
    "sha256:0123", "v1", "v1.2", "e1", "E3", "", " ", "  ", "\t", " \t ", "x" * 80, "x" * 81,
    "word " * 60, "-" * 100, "a" * 1022, "'" * 600, "é" * 1000,
]  # fmt: skip
_LEADS = [
    "", " ", "  ", "\t", "\n", "\n\n", " \n", "\n ", "\n\t", "\t\n", "    ", "# ", "- ", "---\n",
    "...\n", "%x\n",
]  # fmt: skip
_BODIES = [
    "a", "a\nb", "a\n b", "a\n\tb", "a\n\nb", "a\n  \nb", "a \nb", "a\t\nb", "a: b\nc: d",
    "#!/bin/sh\nset -eu", "- a\n- b", '{\n  "a": [1]\n}', "a\n---\nb", "a\n...\nb", "a\n# b",
    "${X}\n$${Y}", "a\n\u00a0b", "a\n\u2028b", "a\r\nb", "a\n\x1bb", "é\n😀",
]  # fmt: skip
_TAILS = ["", "\n", "\n\n", "\n\n\n", " ", "\n ", "\n \n", "\t", "\n\t", "\n#"]


def _cases(word: str) -> set[str]:
    return {word, word.upper(), word.capitalize(), word.swapcase(), word.title()}


def _around(char: str) -> list[str]:
    return [
        char, char * 2, char * 3, f"a{char}", f"{char}a", f"a{char}b", f"{char} a", f"a {char}",
        f"a {char}b", f"a{char} b", f"a {char} b", f" {char}", f"{char} ", f"{char}\n",
        f"a\n{char}b", f"{char}1", f"1{char}", f"1{char}2",
    ]  # fmt: skip


def tricky_strings() -> list[str]:
    """Return every string once, sorted."""
    words, numbers = _WORDS.split(), _NUMBERS.split()
    bare = {case for word in words for case in _cases(word)}
    bare |= {sign + number for number in numbers for sign in ("", "+", "-")}
    bare |= {case for number in numbers for case in (number.upper(), number.lower())}
    wrapped = {form.replace("{}", text) for text in words + numbers[::4] for form in _WRAPPINGS}
    characters = [*_PUNCTUATION, *_UNICODE.split(" "), *_CONTROL]
    marks = {text for character in characters for text in _around(character)}
    blocks = {lead + body + tail for lead, body, tail in product(_LEADS, _BODIES, _TAILS)}
    return sorted(bare | wrapped | marks | blocks | set(_TEMPLATES))
