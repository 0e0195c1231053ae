"""Messages for errors of Kustomize, without secret values.

Kustomize quotes whole objects, patches and generator inputs, Secrets among them. Only known forms
of errors are shown, in our own words and with the names in them; for any other error, build the
folder by hand, so that its text is not logged.
"""

from __future__ import annotations

import re

_ID = r"(?P<id>[\w.\[\]-]+/[\w.\[\]-]+)"
_RESID = (
    r'resid\.Gvk\{Group:"(?P<group>[\w.-]*)", Version:"\w*", Kind:"(?P<kind>\w+)".*?\}, '
    r'Name:"(?P<name>[\w.-]+)", Namespace:"(?P<namespace>[\w.-]*)"\}'
)
_FORMS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (
            rf'no resource matches strategic merge patch "{_ID}"',
            "the strategic merge patch for {id} matches no object",
        ),
        (rf"already registered id: {_ID}", "{id} is in the list twice"),
        (rf"no matches for Id {_ID}", "no object is {id}"),
        (rf"multiple matches for Id {_ID}", "several objects are {id}"),
        (
            rf"{_RESID} exists; can not use behavior",
            "a generator makes {kind} {name}, which exists; its behavior must be merge or replace",
        ),
        (
            rf"{_RESID} does not exist; cannot merge",
            "a generator merges into {kind} {name}, which does not exist",
        ),
        (
            r"(?P<op>\w+) operation does not apply: doc is missing \w+: (?P<path>/[\w./~-]*)",
            "the patch operation {op} needs {path}, which does not exist",
        ),
        (
            r"error in (?P<op>\w+) for path: '(?P<path>/[\w./~-]*)'",
            "the patch operation {op} needs {path}, which does not exist",
        ),
        (r"testing value (?P<path>/[\w./~-]*) failed", "the patch operation test fails at {path}"),
        (
            rf"fieldPath `(?P<path>[\w.\[\]-]+)` is missing for replacement source {_ID}",
            "a replacement takes {path} from {id}, which has no such field",
        ),
        (
            r"unable to find field [\"`]?(?P<path>[\w.\[\]-]+)",
            "a replacement sets {path}, which does not exist",
        ),
        (
            r"unable to parse SM or JSON patch",
            "a patch is neither a strategic merge nor a JSON one",
        ),
        (r"invalid literal source", "a literal of a generator is not of the form key=value"),
        (
            (
                r"(?P<what>configmap|secret) (?P<name>[\w.-]+) illegally repeats the key "
                r"`(?P<key>[\w.-]+)`"
            ),
            "the generator of {name} sets the key {key} twice",
        ),
        (
            r"(?:env|file) sources: \[(?P<path>[\w./ =-]+)\]: .*no such file",
            "a generator reads {path}, which does not exist",
        ),
        (
            r"evalsymlink failure on '(?P<path>[\w./-]+)'",
            "it names {path}, which does not exist",
        ),
        (r"json: unknown field \"(?P<key>\w+)\"", "its field {key} does not exist"),
        (
            (
                r"cannot unmarshal (?P<what>\w+) into Go struct field (?P<path>[\w.]+) of type "
                r"(?P<type>[\w.\[\]*]+)"
            ),
            "its field {path} is a {what}: must be a {type}",
        ),
        (r"cycle detected", "the folders refer to each other in a cycle"),
        (r"error parsing regexp", "a patch target is not a regular expression"),
        (r"unable to load external plugin '(?P<kind>\w+)'", "the plugin {kind} is not supported"),
        (r"missing metadata\.name", "an object has no metadata.name"),
        (r"security; file", "it names a file outside of the folder"),
        (r"namespace transformation produces ID conflict", "two objects get one name"),
        (r"json: unsupported type", "a key is not text; quote it"),
    )
)
_OTHER = "it reports an error that may quote a Secret; run kubectl kustomize in the folder"


def shown_error(said: str) -> str:
    """Return a message for an error of Kustomize that quotes no value."""
    text = " ".join(said.split())
    for form, words in _FORMS:
        if found := form.search(text):
            return words.format(**found.groupdict())
    return _OTHER
