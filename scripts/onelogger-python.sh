#!/usr/bin/env bash
# Prints the path of a Python that has nv-one-logger-core 2.3.1, which is installed under /var/tmp the first time. Where it
# cannot be had: status 1, and one line that says why.
set -euo pipefail
home=/var/tmp/taskbeat-onelogger-2.3.1
python=$home/bin/python
has_it() {
  "$python" -c 'from importlib.metadata import version; assert version("nv-one-logger-core") == "2.3.1"
import nv_one_logger.recorder.default_recorder' 2>/dev/null
}
if ! has_it; then
  if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    echo 'nv-one-logger-core needs Python 3.9 or newer, and it is not here'
    exit 1
  fi
  if ! said=$({ python3 -m venv --clear "$home" &&
    timeout 300 "$python" -m pip -q --disable-pip-version-check install nv-one-logger-core==2.3.1; } 2>&1) || ! has_it; then
    said=$(tail -n 1 <<<"$said")
    echo "nv-one-logger-core could not be installed: ${said:-it does not load}"
    exit 1
  fi
fi
echo "$python"
