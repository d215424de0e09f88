# For the checks beside it: to be sourced by a script that has a directory in $work.

failures=0
# check WHAT COMMAND…: one line that says whether the command succeeded
check() {
  local what=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    echo "ok       $what"
  else
    echo "FAILED   $what"
    sed 's/^/         | /' "$work/out"
    failures=$((failures + 1))
  fi
}
