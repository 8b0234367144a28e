#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py OUTPUT TEMPLATE STYLE SCRIPT... -- COPYRIGHT...: what every page is
made of, as C. The scripts become one; of the library's licences (Debian's
copyright files) each text is kept once, with those it is the licence of."""

import base64
import hashlib
import pathlib
import re
import sys


def literal(name, text):
    lines = [f"const char {name}[] ="]
    for line in text.splitlines(keepends=True) or [""]:
        for start in range(0, len(line), 1000):
            lines.append('\t"%s"' % escape(line[start:start + 1000]))
    return "\n".join(lines) + ";\n"


def escape(text):
    out = []
    for byte in text.encode():
        if byte in b'"\\?':
            out.append("\\" + chr(byte))
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            out.append("\\%03o" % byte)
    return "".join(out)


def source_hash(text):
    digest = hashlib.sha256(text.encode()).digest()
    return "'sha256-%s'" % base64.b64encode(digest).decode()


def join_scripts(paths):
    parts = []
    for path in paths:
        text = pathlib.Path(path).read_text()
        text = re.sub(r"\n//# sourceMappingURL=.*", "", text)
        if re.search(r"</script|<!--", text, re.I):
            sys.exit(f"{path}: would end the script element it stands in")
        parts.append(text.strip())
    return "\n;\n".join(parts) + "\n"


def stanzas(path):
    """Of a copyright file: (whose, licence name), and the licences' texts."""
    files, texts = [], {}
    for stanza in re.split(r"\n\s*\n(?=\S)", path.read_text().strip()):
        fields = dict(re.findall(r"^([A-Za-z-]+): *(.*(?:\n[ \t].*)*)",
                                 stanza, re.M))
        name, _, text = fields.get("License", "").partition("\n")
        if text:
            texts[name.strip().lower()] = re.sub(r"(?m)^ \.?", "", text)
        if "Files" in fields and not fields["Files"].startswith(
                ("debian/", "types-")):
            files.append((fields["Files"], fields.get("Copyright", ""),
                          name.strip()))
    return files, texts


def licences(paths):
    users, bodies = {}, {}
    for path in map(pathlib.Path, paths):
        package = path.parent.name.replace("libjs-", "").replace("node-", "")
        files, texts = stanzas(path)
        for pattern, holder, name in files:
            if name.lower() not in texts:
                sys.exit(f"{path}: no text of the licence {name}")
            # the same words, however they are broken into lines
            body = texts[name.lower()]
            key = " ".join(body.split())
            bodies.setdefault(key, (name, body))
            what = package if pattern == "*" else f"{package}: {pattern}"
            users.setdefault(key, []).append(
                f"{what}, copyright {' '.join(holder.split())}")
    out = []
    for key, (name, body) in bodies.items():
        out.append("\n".join(users[key]) + f"\n\n{name}\n\n{body.strip()}\n")
    return "\n\n".join(out)


def main(output, template, style, *rest):
    scripts, copyrights = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    style = pathlib.Path(style).read_text()
    script = join_scripts(scripts)
    parts = {
        "rg_page_template": pathlib.Path(template).read_text(),
        "rg_page_style": style,
        "rg_page_script": script,
        "rg_page_style_hash": source_hash(style),
        "rg_page_script_hash": source_hash(script),
        "rg_page_licences": licences(copyrights),
    }
    text = '/* made by embed.py */\n\n#include "report/html/page-parts.h"\n'
    for name, value in parts.items():
        text += "\n" + literal(name, value)
    pathlib.Path(output).write_text(text)


main(*sys.argv[1:])
