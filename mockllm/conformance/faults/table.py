"""The table of SDKs and faults, in table.json: what each SDK makes of each fault.

table.py scenario          prints the scenario of the providers that fail
table.py again LOG ASKED…  prints the cells that are not as expected, for a second try
table.py show LOG ASKED…   prints the table and, where an SDK's reaction is another than
                           is expected, both; then exits with 1

LOG is what the providers wrote down, ASKED what the SDKs' callers were left with.
"""

import collections
import importlib.metadata
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
TABLE = json.loads((HERE / "table.json").read_text())
WORDS = 120

# Errors that their name says too little of: their message belongs to the reaction.
VAGUE = ("Error", "TypeError", "RuntimeError", "OpenAIError", "AnthropicError")


def scenario():
    """The scenario, as JSON, which is YAML. A client says by its key which row it asks."""
    model = {"ttft": {"p50": "10ms"}, "gap": {"p50": "2ms"}, "tokens": {"p50": WORDS}}
    models = {"openai": "gpt-5.5", "anthropic": "claude-haiku-4-5", "gemini": "gemini-2.5-flash"}
    providers, faults = {}, []
    for row in TABLE["rows"]:
        names = []
        for dialect in sorted({TABLE["columns"][column]["dialect"] for column in row["cells"]}):
            name = f"{dialect}-{row['name']}" if row.get("apart") else dialect
            providers[name] = {"dialect": dialect, "listen": "127.0.0.1:0", "models": {models[dialect]: model}}
            names.append(name)
        if row["fault"]:
            match = {} if row.get("apart") else {"match": {"api_key": f"sk-{row['name']}"}}
            faults.append({"provider": names, **row["fault"], **match})
    return {
        "version": 1,
        "name": "faults",
        "title": "The official SDKs as clients of providers that fail",
        "seed": 3,
        "providers": providers,
        "traffic": {  # the SDKs are
            "target": "http://127.0.0.1:1",
            "journeys": {"none": {"rate": "1/s", "request": {"method": "GET", "path": "/"}}},
        },
        "phases": [{"name": "healthy", "for": "10s"}, {"name": "faults", "for": "600s", "faults": faults}],
    }


def reaction(asked, attempts):
    """What an SDK made of a fault, in words: the text that its caller has, how the call
    ended, and how many attempts the provider saw, if not one."""
    words = len(asked["text"].split())
    parts = ["no text" if not words else "part" if words < WORDS else "whole" if words == WORDS else "too much"]
    if "finish" in asked:
        parts.append(f"finish {asked['finish']}")
    if "told" in asked:
        parts.append(f"tells {error(asked['told'])}")
    if "error" in asked:
        parts.append(f"raises {error(asked['error'])}")
    if "returned" in asked:
        parts.append(f"returns {asked['returned']}")
    if "hang" in asked:
        parts.append("hangs")
    if len(parts) == 1:
        parts.append("silent")
    ordinals = [attempt["sdk_retry"] for attempt in attempts if "sdk_retry" in attempt]
    if ordinals and ordinals != list(range(len(attempts))):
        parts.append(f"counts its attempts {ordinals}")
    return ", ".join(parts) + (f" ×{len(attempts)}" if len(attempts) != 1 else "")


def error(e):
    """An error's name, and what else a caller can tell it by."""
    told = [e["name"]] + [str(e[key]) for key in ("status", "code") if e.get(key) is not None]
    if e["name"].split(".")[-1] in VAGUE:
        told.append(json.dumps(e["message"][:60]))
    elif "<html" in e["message"].lower():
        told.append("with the page")
    return " ".join(told)


def installed(column):
    """The version of a column's SDK that is here."""
    package = column["package"]
    if column["language"] == "node":
        return json.loads((HERE.parent / "node/node_modules" / package / "package.json").read_text())["version"]
    return importlib.metadata.version(package)


def expected(cell, version):
    """What a cell expects of a version: where versions differ, what the newest did
    that is not newer."""
    if isinstance(cell, str):
        return cell
    numbers = lambda v: [int(n) for n in v.split(".")]
    known = [v for v in cell if v != "why" and numbers(v) <= numbers(version)]
    return cell[max(known, key=numbers)] if known else f"unknown of {version}"


def seen(log, files):
    """The reactions by row and column, the last of each, and how many there are of all."""
    attempts = collections.defaultdict(list)
    for line in map(json.loads, pathlib.Path(log).read_text().splitlines()):
        if line["kind"] == "attempt":
            attempts[line["attempt"].get("trace")].append(line["attempt"])
    asked = [json.loads(line) for file in files for line in pathlib.Path(file).read_text().splitlines()]
    return {(line["row"], line["column"]): reaction(line, attempts[line["trace"]]) for line in asked}, len(asked)


def differing(reactions):
    """The cells that are not as expected: row, column, what was seen, what was expected."""
    versions = {name: f"{column['package']} {installed(column)}" for name, column in TABLE["columns"].items()}
    for row in TABLE["rows"]:
        for column, cell in row["cells"].items():
            was = reactions.get((row["name"], column), "not asked")
            want = expected(cell, versions[column].split()[-1])
            if was != want:
                yield row["name"], column, f"{was}\n    expected  {want} ({versions[column]})"


def show(log, files):
    """Prints the table; returns whether every cell is as expected."""
    reactions, asked = seen(log, files)
    for row in TABLE["rows"]:
        print(f"\n{row['name']}: {json.dumps(row['fault']) if row['fault'] else 'no fault'}, {row['call']}")
        alike = collections.defaultdict(list)
        for column in row["cells"]:
            alike[reactions.get((row["name"], column), "not asked")].append(column)
        for words, columns in alike.items():
            print(f"  {words:<60}  {' · '.join(columns)}")
    cells, differ = sum(len(row["cells"]) for row in TABLE["rows"]), list(differing(reactions))
    print(f"\n{cells} cells, {cells - len(differ)} as expected, {asked - cells} asked twice")
    for row, column, what in differ:
        print(f"DIFFERS {row}, {column}:\n    seen      {what}")
    return not differ


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["scenario"]:
            json.dump(scenario(), sys.stdout, indent=1)
        case ["again", log, *files] if files:
            json.dump([[row, column] for row, column, _ in differing(seen(log, files)[0])], sys.stdout)
        case ["show", log, *files] if files:
            sys.exit(0 if show(log, files) else 1)
        case _:
            sys.exit(__doc__)
