#!/usr/bin/env bash
# Builds the image and runs it as the docs say to: no rights, read-only root, little memory, load, SIGTERM, a volume that survives.
# Needs Linux, curl, and docker or podman; takes about a minute beside the build. Every line is a promise that was seen to hold; the first
# that does not ends it with 1. Not part of .ci/run: it needs an engine and the base images.
#
#   bash deploy/check-container.sh            builds, then checks
#   IMAGE=scimslice:0.1.0 bash deploy/check-container.sh
#   ENGINE=podman RUN_OPTIONS="--ulimit nofile=1024:1024" bash deploy/check-container.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

engine=${ENGINE:-$(command -v docker >/dev/null && echo docker || echo podman)}
read -ra run_options <<<"${RUN_OPTIONS:-}"
port=${PORT:-18080}
name=scimslice-check-$$
url=http://127.0.0.1:$port
token=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
work=$(mktemp -d)

cleanup() {
    "$engine" rm -f "$name" >/dev/null 2>&1 || true
    "$engine" volume rm -f "$name" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
holds() { printf 'holds: %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; "$engine" logs "$name" 2>&1 | tail -n 5 >&2 || true; exit 1; }
inspect() { "$engine" inspect -f "$1" "$name" 2>/dev/null; }
verb() { "$engine" exec "$name" dotnet /app/ScimSlice.dll "$@"; }
scim() { curl -sS -m 60 -H "Authorization: Bearer $token" -H 'Content-Type: application/scim+json' "$@"; }
user() { printf '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%s"}' "$1"; }
status() { scim -o /dev/null -w '%{http_code}' "$@"; }

# As a container platform mounts secrets: a file for each key, behind links that are exchanged as a whole.
mkdir -p "$work/secrets/..data"
printf %s "$token" >"$work/secrets/..data/ScimSlice__Bootstrap__Token"
ln -s ..data/ScimSlice__Bootstrap__Token "$work/secrets/ScimSlice__Bootstrap__Token"
chmod -R a+rX "$work"

start() {
    "$engine" rm -f "$name" >/dev/null 2>&1 || true
    "$engine" run -d --name "$name" "${run_options[@]}" --read-only --cap-drop ALL --security-opt no-new-privileges \
        --memory "$1" --memory-swap "$1" -p "127.0.0.1:$port:$port" -e "ASPNETCORE_HTTP_PORTS=$port" \
        -e ScimSlice__PublicBaseUrl=https://scim.example.com -e ScimSlice__Bootstrap__Organization=acme \
        -e ScimSlice__Limits__RequestsPerSecond=0 -e ScimSlice__Limits__Burst=5000 -v "$name:/data" -v "$work/secrets:/run/secrets:ro" "$image" >/dev/null 2>"$work/run" ||
        { cat "$work/run" >&2; fail "the container does not start"; }
    for _ in $(seq 300); do
        ! curl -sf -m 2 -o /dev/null "$url/readyz" || return 0
        sleep 0.2
    done
    fail "it is not ready within a minute"
}
alive() { [[ "$(inspect '{{.State.Running}} {{.State.OOMKilled}}')" == "true false" ]] || fail "it has ended: $1"; }
memory() {
    local process group
    process=$(inspect '{{.State.Pid}}')
    [[ -r /proc/$process/status ]] || return 0
    group=$({ grep ':memory:' "/proc/$process/cgroup" || grep '^0::' "/proc/$process/cgroup"; } | cut -d: -f3)
    printf 'memory %s: %s kB of its own; charged to the container, with files that can be let go: %s bytes\n' "$1" \
        "$(awk '/^RssAnon/ { print $2 }' "/proc/$process/status")" \
        "$(cat "/sys/fs/cgroup/memory$group/memory.usage_in_bytes" "/sys/fs/cgroup$group/memory.current" 2>/dev/null | head -n 1)"
}

image=${IMAGE:-}
if [[ -z "$image" ]]; then
    image=scimslice:check
    # A health check is part of Docker's image format, and not of OCI's, which podman takes otherwise.
    format=()
    [[ "$engine" != podman ]] || format=(--format docker)
    "$engine" build "${format[@]}" -t "$image" .
fi

start 96m
process=$(inspect '{{.State.Pid}}')
if [[ -r /proc/$process/status ]]; then
    grep -qE '^Uid:\s1654\s1654' "/proc/$process/status" || fail "it runs as another user than 1654"
    grep -qE '^CapBnd:\s0+$' "/proc/$process/status" || fail "it has capabilities"
    grep -qE '^NoNewPrivs:\s1' "/proc/$process/status" || fail "it may gain privileges"
    grep -qE '^[^ ]+ / [^ ]+ ro[, ]' "/proc/$process/mounts" || fail "its root file system can be written to"
    holds "user 1654, no capabilities, no new privileges, read-only root"
fi
verb healthcheck || fail "healthcheck"
[[ -n "$("$engine" image inspect -f '{{.Config.Healthcheck}}' "$image" 2>/dev/null || "$engine" image inspect -f '{{.HealthCheck}}' "$image")" ]] || fail "the image has no health check"
verb config check >/dev/null || fail "config check"
verb org list --json | grep -q '"acme"' || fail "org list beside the server"
verb backup /data/check.db || fail "backup beside the server"
# Under another id, since one database has an organization once.
verb export acme | sed -E '1s/("id":"[0-9a-f-]*)[0-9a-f]{4}"/\1beef"/' | "$engine" exec -i "$name" dotnet /app/ScimSlice.dll import --as copy >/dev/null || fail "import from standard input"
sleep 3
alive "idle, with 96 MB"
memory "when idle, of 96 MB"
holds "ready, its health check, and verbs beside the server, with 96 MB"

[[ "$(status "$url/scim/v2/Users" -d "$(user stays@example.com)")" == 201 ]] || fail "a user cannot be created"

# A request whose second half comes after SIGTERM.
body=$(user underway@example.com)
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'POST /scim/v2/Users HTTP/1.1\r\nHost: check\r\nAuthorization: Bearer %s\r\nContent-Type: application/scim+json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
    "$token" "${#body}" "${body:0:20}" >&3
sleep 1
"$engine" stop -t 40 "$name" >/dev/null 2>&1 &
stopping=$!
sleep 1
printf %s "${body:20}" >&3
head -n 1 <&3 | grep -q ' 201 ' || fail "a request under way was not answered"
exec 3>&-
wait "$stopping"
[[ "$(inspect '{{.State.ExitCode}}')" == 0 ]] || fail "SIGTERM ends it with $(inspect '{{.State.ExitCode}}')"
holds "SIGTERM: a request under way is answered, then exit 0"

start 64m
for who in stays underway; do
    scim -G "$url/scim/v2/Users" --data-urlencode "filter=userName eq \"$who@example.com\"" | grep -q '"totalResults":1[,}]' || fail "$who is gone"
done
verb healthcheck || fail "healthcheck with 64 MB"
sleep 3
alive "idle, with 64 MB"
memory "when idle, of 64 MB"
holds "what was answered is there in another container, which has 64 MB"

start 256m
for number in $(seq 3000); do
    printf 'next\nurl = "%s/scim/v2/Users"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/scim+json"\noutput = /dev/null\nwrite-out = "%%{http_code}\\n"\n' "$url" "$token"
    if ((number % 4 == 0)); then
        printf 'get\ndata = "count=200"\n'
    else
        printf 'data = "{\\"schemas\\":[\\"urn:ietf:params:scim:schemas:core:2.0:User\\"],\\"userName\\":\\"load-%d@example.com\\"}"\n' "$number"
    fi
done | tail -n +2 >"$work/load"
curl -sS -m 300 -Z --parallel-max 32 -K "$work/load" >"$work/answers" 2>/dev/null || fail "load: no answer"
[[ "$(sort "$work/answers" | uniq -c | tr -s ' \n' ' ')" == " 750 200 2250 201 " ]] || fail "load: $(sort "$work/answers" | uniq -c | tr '\n' ' ')"
filler=$(head -c 1500 /dev/zero | tr '\0' x)
for bulk in 1 2 3 4 5 6 7 8; do
    {
        printf '{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":['
        for number in $(seq 1000); do
            ((number == 1)) || printf ,
            printf '{"method":"POST","path":"/Users","bulkId":"%d","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bulk-%d-%d@example.com","name":{"givenName":"%s","familyName":"%s"}}}' \
                "$number" "$bulk" "$number" "$filler" "$filler"
        done
        printf ']}'
    } >"$work/bulk-$bulk"
done
for bulk in 1 2 3 4 5 6 7 8; do
    status "$url/scim/v2/Bulk" --data-binary "@$work/bulk-$bulk" >"$work/status-$bulk" &
    bulks[bulk]=$!
done
for bulk in 1 2 3 4 5 6 7 8; do
    wait "${bulks[bulk]}"
    [[ "$(cat "$work/status-$bulk")" == 200 ]] || fail "Bulk: $(cat "$work/status-$bulk")"
done
scim -G "$url/scim/v2/Users" --data-urlencode 'filter=userName sw "bulk-"' --data-urlencode count=0 | grep -q '"totalResults":8000[,}]' || fail "Bulk: users are missing"
alive "under load, with 256 MB"
memory "after the load, of 256 MB"
holds "32 connections that create and list, and eight Bulk requests of 3 MB at once, with 256 MB"
"$engine" stop -t 40 "$name" >/dev/null 2>&1
[[ "$(inspect '{{.State.ExitCode}}')" == 0 ]] || fail "the last stop"
echo "All of it holds."
