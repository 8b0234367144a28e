# SPDX-License-Identifier: MIT
"""The published JSON Schemas, by the validator of python3-jsonschema.

Readers must accept fields that a later version adds, so the schemas as
published let any through. A test wants every field that is written to be
described: for it they are closed.
"""

import copy
import json
import pathlib

import jsonschema


class Schemas:
    def __init__(self, directory):
        self.documents = {}
        for path in sorted(pathlib.Path(directory).glob("*.schema.json")):
            document = json.loads(path.read_text())
            jsonschema.Draft202012Validator.check_schema(document)
            self.documents[path.name.removesuffix(".schema.json")] = document

    def closed(self, name):
        """A validator that takes no field which the schema does not name."""
        return jsonschema.Draft202012Validator(
            close(copy.deepcopy(self.documents[name])))

    def published(self, name):
        return jsonschema.Draft202012Validator(self.documents[name])


def close(schema):
    if isinstance(schema, list):
        for part in schema:
            close(part)
    elif isinstance(schema, dict):
        for part in schema.values():
            close(part)
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    return schema


def faults(validator, value):
    """One line each; of alternatives those of the one that came nearest."""
    found = []
    for error in validator.iter_errors(value):
        best = jsonschema.exceptions.best_match([error])
        where = "/".join(str(part) for part in best.absolute_path) or "."
        found.append(f"{where}: {best.message[:200]}")
    return found
