#!/usr/bin/env bash
# Brings the lock files up to date after a change of packages: those of the projects, and one for each platform that the image is built for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for architecture in x64 arm64; do
    dotnet restore ScimSlice.csproj --force-evaluate -a "$architecture" -p:PublishReadyToRun=true
done
dotnet restore ScimSlice.slnx --force-evaluate
