#!/usr/bin/env python3
"""Follows what the identity provider changes, and keeps a picture of all users, groups and memberships in a SQLite file.

    SCIMSLICE_URL=https://scim.example.com SCIMSLICE_TOKEN=... python3 follow.py picture.db

It begins with a snapshot, then waits for events. The position is stored in the same transaction as what became of the events, so each
counts exactly once, wherever this program is killed. Python 3.9 and its standard library.
"""
import http.client
import json
import os
import signal
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = os.environ["SCIMSLICE_URL"].rstrip("/") + "/api/v1"
TOKEN = os.environ["SCIMSLICE_TOKEN"]
WAIT = 30  # Seconds that the server may wait for an event before it answers that there is none.
PAUSE = 5  # Seconds before the next try, where the server does not say how many.


def get(path, **parameters):
    """The JSON of an answer, asked for again while the server is busy or away. Raises HTTPError for what waiting does not mend."""
    url = f"{BASE}/{path}?{urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})}"
    while True:
        try:
            request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
            with urllib.request.urlopen(request, timeout=WAIT + 30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code < 500 and refused.code != 429:
                raise
            pause = refused.headers.get("Retry-After", "")
            pause = int(pause) if pause.isdigit() else PAUSE
            print(f"The server answered {refused.code}; comes again in {pause} s.", flush=True)
        except (OSError, http.client.HTTPException, ValueError) as fault:  # Not connected, timed out, or cut off in the middle.
            pause = PAUSE
            print(f"The server was not reached ({fault}); comes again in {pause} s.", flush=True)
        time.sleep(pause)


def take_snapshot(db):
    """Puts what there is in the place of what was known. All pages carry the position of the first."""
    position = None
    with db:
        db.executescript("begin; delete from resources; delete from members; delete from place;")
        for kind in ("users", "groups", "members"):
            after = None
            while after != "":
                page = get(kind, limit=1000, after=after, position=position)
                position = page["position"]
                for row in page[kind]:
                    if kind == "members":
                        db.execute("insert into members values (?, ?, ?)", (row["group"], row["type"], row["id"]))
                    else:
                        db.execute("insert into resources values (?, ?, ?, ?)", (row["id"], row["version"], json.dumps(row["attributes"]), row.get("effectiveRole")))
                after = page.get("next", "")
        db.execute("insert into place values (?)", (position,))
    print(f"Has a snapshot at position {position}.", flush=True)


def apply(db, event):
    """Puts an event into the picture. Here an application would also do what follows from it: end sessions, say."""
    resource, member = event["resource"], event.get("member")
    if resource["type"] not in ("User", "Group"):
        return  # Told of something else, which this picture does not hold.
    if event["type"] == "group.member_added":
        db.execute("insert or ignore into members values (?, ?, ?)", (resource["id"], member["type"], member["id"]))
    elif event["type"] == "group.member_removed":
        db.execute("delete from members where group_id = ? and id = ?", (resource["id"], member["id"]))
    elif event["type"] in ("user.deleted", "group.deleted"):
        db.execute("delete from resources where id = ?", (resource["id"],))
        db.execute("delete from members where group_id = ?", (resource["id"],))
        return
    version, known, role = db.execute("select version, attributes, role from resources where id = ?", (resource["id"],)).fetchone() or (0, "{}", None)
    before, after = event.get("before", {}), event.get("after", {})
    if "effectiveRole" in before.keys() | after.keys():  # What a user may do is as told last: it changes with groups, and the user's version does not.
        before.pop("effectiveRole", None)
        role = after.pop("effectiveRole", None)
        db.execute("update resources set role = ? where id = ?", (role, resource["id"]))
    if member and version == 0 or resource["version"] < version:
        return  # The snapshot was read after this happened.
    if event["type"] in ("user.created", "user.restored"):
        role = after.get("role")
    attributes = merge(json.loads(known), before, after)
    db.execute("insert or replace into resources values (?, ?, ?, ?)", (resource["id"], resource["version"], json.dumps(attributes), role))


def merge(attributes, before, after):
    """Attributes as they are after a change: what stands in before goes, what stands in after comes; an extension's below its URN."""
    for name in before.keys() | after.keys():
        if name.startswith("urn:"):
            attributes[name] = merge(attributes.get(name, {}), before.get(name, {}), after.get(name, {}))
        elif name in after:
            attributes[name] = after[name]
        else:
            attributes.pop(name, None)
    return {name: value for name, value in attributes.items() if value != {}}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # What is under way is rolled back, and done again by the next start.
    db = sqlite3.connect(sys.argv[1])
    db.executescript("""
        create table if not exists resources (id text primary key, version integer not null, attributes text not null, role text);
        create table if not exists members (group_id text not null, type text not null, id text not null, primary key (group_id, id));
        create table if not exists place (position integer not null);
        """)
    while True:
        place = db.execute("select position from place").fetchone()
        try:
            if place is None:
                take_snapshot(db)
                continue
            page = get("events", after=place[0], wait=WAIT)
            with db:
                for event in page["events"]:
                    apply(db, event)
                db.execute("update place set position = ?", (page["next"],))
        except urllib.error.HTTPError as refused:
            if refused.code != 410:
                sys.exit(f"The server refuses: {refused.code} {refused.read().decode()}")
            with db:  # The position is too old, or was given by another database: begin anew.
                db.execute("delete from place")


if __name__ == "__main__":
    main()
