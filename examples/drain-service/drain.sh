#!/bin/sh
# Takes this VM out of its load balancer before Azure stops it, and puts it back when nothing threatens it any longer.
# Run by Forewarn's exec sink for each phase of a scheduled event; running it twice for the same phase does no harm.
#
# Settings, from the environment:
#   DRAIN_DIRECTORY  where the file `draining` appears and disappears, which the load balancer's health check looks
#                    at; default: forewarn-drain below XDG_RUNTIME_DIR or /run. It must not outlive a reboot.
#   DRAIN_SECONDS    how long requests that are under way get; default 20
#   DRAIN_SERVICE    a systemd unit that is stopped after that and started again; default: none
set -eu

directory=${DRAIN_DIRECTORY:-${XDG_RUNTIME_DIR:-/run}/forewarn-drain}
seconds=${DRAIN_SECONDS:-20}
service=${DRAIN_SERVICE:-}
events=$directory/events

# Runs a command; what fails may succeed later: 75 asks Forewarn to run this script again. 126 and 127 say that the
# command is not there, for which a person is needed.
try() {
  "$@" && return
  status=$?
  case $status in
  126 | 127) exit "$status" ;;
  *) exit 75 ;;
  esac
}

# Waits for what is under way, but not beyond the moment at which Azure may stop the VM.
let_finish() {
  left=${FOREWARN_SECONDS_LEFT:-0}
  [ "$seconds" -le "$left" ] || seconds=$left
  echo "$seconds s for what is under way"
  sleep "$seconds"
}

take_out() {
  try mkdir -p "$events"
  try touch "$events/$FOREWARN_EVENT_ID"
  if [ -e "$directory/drained" ]; then
    echo "already out"
    return
  fi
  try touch "$directory/draining"
  let_finish
  [ -z "$service" ] || try systemctl stop "$service"
  try touch "$directory/drained"
  echo "out of the load balancer: $FOREWARN_EVENT_TYPE, not before ${FOREWARN_NOT_BEFORE:-an unknown time}"
}

put_back() {
  try rm -f "$events/$FOREWARN_EVENT_ID"
  for other in "$events"/*; do
    if [ -e "$other" ]; then
      echo "stays out: event ${other##*/} is not over"
      return
    fi
  done
  [ -z "$service" ] || try systemctl start "$service"
  try rm -f "$directory/drained" "$directory/draining"
  echo "back in the load balancer: $FOREWARN_EVENT_TYPE is over ($FOREWARN_PHASE)"
}

# The id becomes the name of a file.
case ${FOREWARN_EVENT_ID:-} in
'' | *[!A-Za-z0-9-]*)
  echo "not an event of Azure: ${FOREWARN_ID:-run by Forewarn only}" >&2
  exit 64
  ;;
esac

case $FOREWARN_PHASE in
scheduled | updated | started) take_out ;;
completed | canceled | ended) put_back ;;
esac
