#!/bin/sh
# Drains this VM's Kubernetes node before Azure stops it, and makes it schedulable when nothing threatens it any longer.
# Run by Forewarn's exec sink for each phase of a scheduled event; running it twice for the same phase does no harm.
#
# Settings, from the environment:
#   NODE_NAME      the node's name in Kubernetes, which need not be the VM's name in Azure
#   KUBECONFIG     how kubectl finds and enters the cluster
#   DRAIN_SECONDS  how long one drain may take at most, less than the sink's `timeout`; default 840
set -eu

: "${NODE_NAME:?is not set: say which node this VM is}"
most=${DRAIN_SECONDS:-840}

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

# What is known of the node: whether it is cordoned, and the events for which this script has done that. It is kept at
# the node itself, where it outlives a reboot.
look() {
  state=$(try kubectl get node "$NODE_NAME" -o 'jsonpath={.spec.unschedulable} {.metadata.annotations}') || exit
}

is_cordoned() { case $state in 'true '*) ;; *) return 1 ;; esac }
is_ours() { case $state in *'"forewarn.io/drain-'*) ;; *) return 1 ;; esac }

drain() {
  left=${FOREWARN_SECONDS_LEFT:-0}
  limit=$left
  [ "$limit" -le "$most" ] || limit=$most
  # 0 would mean "no limit" to kubectl, and the VM may stop at any moment.
  [ "$limit" -ge 5 ] || limit=5
  set -- kubectl drain "$NODE_NAME" --ignore-daemonsets --delete-emptydir-data "--timeout=${limit}s"
  # Pods that want longer than there is would be cut off in the middle.
  [ "$limit" -ge 60 ] || set -- "$@" "--grace-period=$limit"
  status=0
  "$@" || status=$?
  case $status in
  0 | 126 | 127) return "$status" ;;
  esac
  [ "$left" -gt 0 ] && exit 75
  echo "not drained in time" >&2
  exit 1
}

take_out() {
  look
  if is_cordoned && ! is_ours; then
    echo "$NODE_NAME was cordoned by somebody else, and stays so afterwards"
  else
    try kubectl annotate node "$NODE_NAME" --overwrite "$annotation=$FOREWARN_EVENT_TYPE"
    try kubectl cordon "$NODE_NAME"
  fi
  drain
}

put_back() {
  look
  is_ours || return 0
  try kubectl annotate node "$NODE_NAME" "$annotation-"
  look
  if is_ours; then
    echo "$NODE_NAME stays cordoned: another event is not over"
  else
    try kubectl uncordon "$NODE_NAME"
  fi
}

# The id becomes a part of an annotation's name.
case ${FOREWARN_EVENT_ID:-} in
'' | *[!A-Za-z0-9-]*)
  echo "not an event of Azure: ${FOREWARN_ID:-run by Forewarn only}" >&2
  exit 64
  ;;
esac
annotation=forewarn.io/drain-$FOREWARN_EVENT_ID

case $FOREWARN_PHASE in
scheduled | updated | started) take_out ;;
completed | canceled | ended) put_back ;;
esac
