"""Prints what one call of nv-one-logger-core costs, in nanoseconds.

python onelogger.py span|timed|file
"""
import logging
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter_ns

from nv_one_logger.api.config import LoggerConfig, OneLoggerConfig
from nv_one_logger.api.one_logger_provider import OneLoggerProvider
from nv_one_logger.api.timed_span import timed_span
from nv_one_logger.core.attributes import Attributes
from nv_one_logger.exporter.exporter import Exporter
from nv_one_logger.exporter.file_exporter import FileExporter
from nv_one_logger.recorder.default_recorder import DefaultRecorder
from overrides import override

logging.disable(logging.CRITICAL)

WARM_UP_NS = 500_000_000
WINDOW_NS = 500_000_000
BLOCK_CALLS = 500


class Nothing(Exporter):
    @override
    def initialize(self) -> None:
        pass

    @override
    def export_start(self, span) -> None:
        pass

    @override
    def export_stop(self, span) -> None:
        pass

    @override
    def export_event(self, event, span) -> None:
        pass

    @override
    def export_error(self, event, span) -> None:
        pass

    @override
    def export_telemetry_data_error(self, error) -> None:
        pass

    @override
    def close(self) -> None:
        pass


# made once: a span keeps them as they are
attributes = Attributes({"step": 7, "phase": "train"})


def configure(exporter):
    recorder = DefaultRecorder([exporter])
    logs = LoggerConfig(log_file_path_for_info=os.devnull, log_file_path_for_err=os.devnull)
    config = OneLoggerConfig(
        application_name="bench", world_size_or_fn=1, session_tag_or_fn="bench", logger_config=logs
    )
    OneLoggerProvider.instance().configure(config, recorder)
    return recorder


def span_of(recorder):
    return lambda: recorder.stop(recorder.start("span", span_attributes=attributes))


def timed():
    with timed_span("span", span_attributes=attributes):
        pass


def measure(act, window_ns):
    started = perf_counter_ns()
    calls = passed = 0
    while passed < window_ns:
        for _ in range(BLOCK_CALLS):
            act()
        calls += BLOCK_CALLS
        passed = perf_counter_ns() - started
    return passed / calls


with tempfile.TemporaryDirectory() as directory:
    what = sys.argv[1]
    recorder = configure(FileExporter(Path(directory, "records.jsonl")) if what == "file" else Nothing())
    act = timed if what == "timed" else span_of(recorder)
    measure(act, WARM_UP_NS)
    print(measure(act, WINDOW_NS))
    recorder.close()
