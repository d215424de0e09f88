"""Plays a script of actions through nv-one-logger-core 2.3.1 and prints what came of them, as JSON lines.

python record.py actions.json > recorded.jsonl

Time stands still but for the script's pauses. `script.ts` beside it says what actions there are.
"""
import asyncio
import json
import logging
import math
import os
import re
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nv_one_logger.core.time as upstream_time
from nv_one_logger.api.config import LoggerConfig, OneLoggerConfig, OneLoggerErrorHandlingStrategy
from nv_one_logger.api.one_logger_provider import OneLoggerProvider
from nv_one_logger.api.timed_span import timed_span
from nv_one_logger.core.attributes import Attributes
from nv_one_logger.core.event import Event
from nv_one_logger.core.exceptions import OneLoggerError
from nv_one_logger.core.time import TracingTimestamp
from nv_one_logger.exporter.exporter import Exporter
from nv_one_logger.exporter.file_exporter import FileExporter
from nv_one_logger.recorder.default_recorder import DefaultRecorder, ExportCustomizationMode
from overrides import override

logging.disable(logging.CRITICAL)
os.environ.pop("RANK", None)

clock = SimpleNamespace(wall=1_800_000_000.0, monotonic=1_000.0)
upstream_time.time = SimpleNamespace(time=lambda: clock.wall, perf_counter=lambda: clock.monotonic)

lines = []
spans = {}
names_by_id = {}
exceptions = {}
thrown = []  # `Type: message` of every exception that was made
exporters = {}
current = ""
recorder = None
directory = tempfile.TemporaryDirectory()
file_path = Path(directory.name, "records.jsonl")


def note(**line):
    lines.append({"action": current, **line})


def refused(error):
    own = isinstance(error, OneLoggerError)
    return "by the recorder" if own else type(error).__name__


# Values

def decoded(value):
    """JSON has no word for it."""
    return float("nan") if value == {"number": "NaN"} else value


def encoded(value):
    return {"number": "NaN"} if isinstance(value, float) and math.isnan(value) else value


def attributes_of(data):
    if data is None:
        return None
    return Attributes({name: decoded(value) for name, value in data.items()})


def plain(attributes):
    return normal(attributes.to_json())


def normal(attributes):
    """Without what depends on the language or on chance."""
    told = {name: encoded(value) for name, value in attributes.items()}
    if "exception_traceback" in told:
        named = [text for text in thrown if text in told["exception_traceback"]]
        told["exception_traceback"] = named or told["exception_traceback"].strip()
    for name, value in told.items():
        if isinstance(value, str):
            told[name] = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", value)
    return told


def moment(seconds_ago):
    return None if seconds_ago is None else TracingTimestamp.for_timestamp(clock.wall - seconds_ago)


def exception_of(given):
    name, message = given["type"], given["message"]
    kind = exceptions.setdefault(name, type(name, (Exception,), {}))
    made = kind(message)
    if (text := f"{name}: {message}") not in thrown:
        thrown.append(text)
    if "cause" in given:
        made.__cause__ = exception_of(given["cause"])
    return made


# Exporters

class Noting(Exporter):
    fails = 0

    def called(self, call, **what):
        note(exporter=type(self).__name__, call=call, **what)
        if self.fails > 0 and call not in ("initialize", "close"):
            self.fails -= 1
            raise RuntimeError("out of order")

    @override
    def initialize(self) -> None:
        self.called("initialize")
        if self.broken:
            raise RuntimeError("does not start")

    @override
    def export_start(self, span) -> None:
        parent = span.parent_span.name if span.parent_span else None
        event = plain(span.start_event.attributes)
        self.called("start", span=span.name, parent=parent, attributes=plain(span.attributes), event=event)

    @override
    def export_stop(self, span) -> None:
        event = plain(span.stop_event.attributes)
        updated = plain(span.updated_attributes)
        self.called("stop", span=span.name, attributes=plain(span.attributes), updated=updated, event=event)

    @override
    def export_event(self, event, span) -> None:
        self.called("event", span=span.name, name=event.name, event=plain(event.attributes))

    @override
    def export_error(self, event, span) -> None:
        self.called("error", span=span.name, name=event.name, event=plain(event.attributes))

    @override
    def export_telemetry_data_error(self, error) -> None:
        self.called("telemetryDataError", name=error.name, event=plain(error.attributes))

    @override
    def close(self) -> None:
        self.called("close")


def exporter_of(name, broken):
    if name == "file":
        return FileExporter(file_path)
    # the name is that of the class
    made = type(name, (Noting,), {"broken": name == broken})()
    exporters[name] = made
    return made


def note_file():
    if not file_path.exists():
        return
    for line in file_path.read_text().splitlines():
        record = json.loads(line)
        if "id" in record:
            names_by_id[record["id"]] = record["name"]
        span = record.get("name") or names_by_id.get(record.get("span_id"))
        told = {"line": record["type"], "span": span}
        if "attributes" in record:
            told["attributes"] = normal(record["attributes"])
        for name in ("start_event", "stop_event", "event", "error"):
            if name in record:
                told[name] = {"name": record[name]["name"], **normal(record[name]["attributes"])}
        note(**told)
    file_path.unlink()


# Actions

def open_recorder(action):
    global recorder
    provider = OneLoggerProvider.instance()
    provider._recorder = None
    provider._config = None
    provider._logging_force_disabled = False
    strategy = OneLoggerErrorHandlingStrategy.PROPAGATE_EXCEPTIONS
    if action.get("isQuiet"):
        strategy = OneLoggerErrorHandlingStrategy.DISABLE_QUIETLY_AND_REPORT_METRIC_ERROR
    config = OneLoggerConfig(
        application_name="upstream",
        world_size_or_fn=1,
        session_tag_or_fn="session",
        enable_for_current_rank=not action.get("isOff", False),
        error_handling_strategy=strategy,
        logger_config=LoggerConfig(log_file_path_for_info=os.devnull, log_file_path_for_err=os.devnull),
    )
    mode, names = ExportCustomizationMode.EXPORT_ALL_SPANS, None
    if "deny" in action:
        mode, names = ExportCustomizationMode.BLACKLIST_SPANS, action["deny"]
    if "allow" in action:
        mode, names = ExportCustomizationMode.WHITELIST_SPANS, action["allow"]
    recorder = None
    made = [exporter_of(name, action.get("broken")) for name in action["exporters"]]
    recorder = DefaultRecorder(made, mode, names)
    provider.configure(config, recorder)


def span_of(name):
    return spans.get(name, name)


def start(action):
    spans[action["span"]] = recorder.start(
        action["span"],
        span_attributes=attributes_of(action.get("attributes")),
        start_event_attributes=attributes_of(action.get("startEventAttributes")),
        start_time=moment(action.get("secondsAgo")),
        parent_span=spans[action["parent"]] if "parent" in action else None,
    )


def stop(action):
    attributes = attributes_of(action.get("attributes"))
    recorder.stop(span_of(action["span"]), attributes, moment(action.get("secondsAgo")))


def event(action):
    attributes = attributes_of(action.get("attributes"))
    made = Event.create(action["name"], attributes, moment(action.get("secondsAgo")))
    recorder.event(span_of(action["span"]), made)
    if action.get("isWatched"):
        note(added=[name for name in attributes if name not in action["attributes"]])


def error(action):
    given = action.get("exception")
    recorder.error(span_of(action["span"]), action["message"], exception_of(given) if given else None)


def data_error(action):
    recorder.telemetry_data_error(action["message"], attributes_of(action.get("attributes")))


def look(action):
    span = span_of(action["span"])
    note(attributes=plain(span.attributes), isActive=span.active)


def pause(action):
    clock.wall += action["seconds"]
    clock.monotonic += action["seconds"]


def throw(action):
    raise asyncio.CancelledError() if action["type"] == "abort" else exception_of(action)


def fail(action):
    exporters[action["exporter"]].fails = action["calls"]


def close(_):
    recorder.close()
    note_file()


simple = {
    "open": open_recorder,
    "start": start,
    "stop": stop,
    "event": event,
    "error": error,
    "set": lambda action: span_of(action["span"]).add_attributes(attributes_of(action["attributes"])),
    "look": look,
    "dataError": data_error,
    "fail": fail,
    "pause": pause,
    "close": close,
}


def at(action):
    global current
    current = action["id"]


async def play_timed(action):
    spans.pop(action["span"], None)
    options = [attributes_of(action.get("attributes")), attributes_of(action.get("startEventAttributes"))]
    try:
        with timed_span(action["span"], *options) as span:
            spans[action["span"]] = span
            try:
                await play(action["body"])
            finally:
                at(action)
    except (Exception, asyncio.CancelledError) as failure:
        if isinstance(failure, OneLoggerError):
            note(refused=refused(failure))
        else:
            name = "abort" if isinstance(failure, asyncio.CancelledError) else type(failure).__name__
            note(thrown=f"{name}: {failure}")
            if action.get("isThrownOn"):
                raise


async def play(actions):
    for action in actions:
        at(action)
        if action["do"] == "throw":
            throw(action)
        elif action["do"] == "timed":
            await play_timed(action)
        elif action["do"] == "together":
            await asyncio.gather(*[play(branch) for branch in action["branches"]])
        elif recorder is None and action["do"] not in ("open", "pause"):
            note(refused="as there is no recorder")
        else:
            try:
                simple[action["do"]](action)
            except Exception as failure:
                note(refused=refused(failure))
        # to the other branch
        await asyncio.sleep(0)


def identify(actions, scene, seen):
    """Gives each action an id: its scene, what it does to what, and, if it is not the first one, a number."""
    for action in actions:
        subject = action.get("span") or action.get("exporter") or action.get("type") or ""
        what = f"{scene}: {action['do']} {subject}".strip()
        seen[what] = seen.get(what, 0) + 1
        action["id"] = what if seen[what] == 1 else f"{what} ({seen[what]})"
        for inner in [action["body"]] if "body" in action else action.get("branches", []):
            identify(inner, scene, seen)


with open(sys.argv[1], encoding="utf-8") as file:
    scenes = json.load(file)
for scene in scenes:
    identify(scene["actions"], scene["scene"], {})
with directory:
    asyncio.run(play([action for scene in scenes for action in scene["actions"]]))
for line in lines:
    # as JSON in ASCII: whatever encoding the output has
    print(json.dumps(line, allow_nan=False))
