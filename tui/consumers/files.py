"""Holds CSV, SVG and cast files against what reads such files in Python: csv, ElementTree and asciinema."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
FORMULA = ("=", "+", "@", "\t", "\r")


def main(out):
    for cast in sorted(out.glob("*.cast")):
        trace = [json.loads(line) for line in (out / f"{cast.stem}.jsonl").open()]
        events = [line for line in trace if "op" in line]
        check_csv(out / f"{cast.stem}.csv", events)
        check_svg(out / f"{cast.stem}.svg", events)
        check_cast(cast)


def say(what, path, words):
    print(f"{what:9} {path.name}: {words}")


def check_csv(path, events):
    """Every cell comes back as it is in the trace."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert len(rows) == len(events), (len(rows), len(events))
    for number, (row, event) in enumerate(zip(rows, events), 1):
        assert int(row["event"]) == number, row
        for column, field in [("rank", "rank"), ("n", "n"), ("peer", "peer"), ("tag", "tag"), ("t_ns", "t"), ("clock", "clock")]:
            assert int(row[column]) == event[field], (column, row, event)
        assert row["op"] == event["op"], (row, event)
        assert json.loads(row["data"]) == event["data"], (row, event)
        assert not any(cell.startswith(FORMULA) for cell in row.values()), row
    messages = {}
    for row in rows:
        messages.setdefault(row["message"], []).append(row["op"])
    assert all(ops in (["send"], ["send", "recv"]) for ops in messages.values()), messages
    say("csv", path, f"{len(rows)} rows, {len(messages)} messages")


def check_svg(path, events):
    """It is XML of nothing but drawing, with a dot for each event."""
    picture = ElementTree.parse(path).getroot()
    drawn = {element.tag.removeprefix(SVG) for element in picture.iter()}
    assert drawn <= {"svg", "title", "desc", "rect", "line", "polygon", "path", "circle", "text", "g"}, drawn
    dots = [circle for circle in picture.iter(f"{SVG}circle") if circle.get("r") == "4.5"]
    assert len(dots) == len(events), (len(dots), len(events))
    say("svg", path, f"{len(dots)} dots, {picture.get('width')}x{picture.get('height')}")


def check_cast(path):
    """What asciinema prints is what was recorded."""
    recorded = [json.loads(line) for line in path.open()][1:]
    output = "".join(data for _, code, data in recorded if code == "o")
    asciinema = Path(sys.executable).with_name("asciinema")
    printed = subprocess.run([asciinema, "cat", path], capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert printed.stdout.decode() == output, (len(printed.stdout), len(output))
    say("cast", path, f"{len(recorded)} events, {recorded[-1][0]:.1f} s, as asciinema prints them")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
