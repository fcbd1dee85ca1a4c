#!/usr/bin/env bash
# Whether an environment serves a release: healthy, ready, and each of ten answers in a row from that very digest.
# usage: smoke-test.sh URL DIGEST [SECONDS]    waits so long for the release to come up; 300 without
set -euo pipefail
url=${1:?URL is missing}
digest=${2:?DIGEST is missing}
seconds=${3:-300}
ask() { curl --fail --silent --show-error --max-time 10 --dump-header - --output /dev/null "$url$1"; }

deadline=$((SECONDS + seconds))
agreed=0
while [ "$agreed" -lt 10 ]; do
  served=$({ ask /ready || true; } | tr -d '\r' | sed -n 's/^x-release-digest: //Ip')
  if [ "$served" = "$digest" ]; then
    agreed=$((agreed + 1))
    continue
  fi
  agreed=0
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "after $seconds s $url serves '${served:-nothing}', wanted $digest" >&2
    exit 1
  fi
  sleep 5
done
ask /health > /dev/null
echo "$url serves $digest"
