# syntax=docker/dockerfile:1

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY ScimSlice.csproj Directory.Build.props allowed-advisories.props nuget.config global.json packages.*.lock.json ./
COPY .config .config
# Exactly the packages of packages.linux-*.lock.json, which the restore audits; the tool writes sbom.cdx.json beside the program.
RUN dotnet tool restore \
    && dotnet restore ScimSlice.csproj --locked-mode -a ${TARGETARCH:-$(dpkg --print-architecture)} -p:PublishReadyToRun=true
COPY . .
RUN dotnet publish ScimSlice.csproj -c Release -a ${TARGETARCH:-$(dpkg --print-architecture)} --self-contained false --no-restore \
    -p:PublishReadyToRun=true -p:DebugType=none -o /app \
    && mkdir /data

# "extra" holds ICU: without it names that differ only in Unicode form or case would be different names, and the server refuses to start.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=1654:1654 /data /data
# Port 8080 is the base image's own. No diagnostics channel: it would be a socket in /tmp, and the root file system may be read-only.
# For the same reason what an import from standard input keeps meanwhile lies in the volume.
# Of the memory limit, 60 % (0x3C) for managed memory: libraries and the system's files in memory take the rest, and beyond the limit the process is killed.
ENV ScimSlice__Database__ConnectionString="Data Source=/data/scimslice.db" \
    ASPNETCORE_HTTP_PORTS=8080 \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_GCHeapHardLimitPercent=0x3C \
    TMPDIR=/data
USER 1654:1654
EXPOSE 8080
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["dotnet", "/app/ScimSlice.dll", "healthcheck"]
ENTRYPOINT ["dotnet", "/app/ScimSlice.dll"]
