#!/usr/bin/env python3
"""Make the sample portfolio: sixty invented accounts from 2026-06-15 to 2026-11-14.

    generate.py [OUTPUT_DIR]       default: beside this file

The same every time: one seed, the standard library, no clock. Stories are in stories.py, everything else here.
"""

import csv
import gzip
import io
import random
import re
import sys
from datetime import date, timedelta
from pathlib import Path

sys.dont_write_bytecode = True
from stories import BERLIN, KOLKATA, LONDON, MADRID, SINGAPORE, STEADY, STORIES, SYDNEY

FIRST, LAST = date(2026, 6, 15), date(2026, 11, 14)
KNOWN_FROM = date(2026, 6, 1)
OWNER_OF_ZONE = {BERLIN: "lena", LONDON: "lena", MADRID: "lena", SYDNEY: "ravi", SINGAPORE: "ravi", KOLKATA: "ravi"}
REGION_OF_OWNER = {"lena": "emea", "ravi": "apac"}
ACCOUNT_COLUMNS = [
    "id", "as_of", "name", "status", "owner", "arr", "start_date", "renewal_date", "timezone", "region", "tags", "plan",
    "billing_period", "seats", "renewal_status", "activated", "training_pct", "goals_met_pct", "open_tickets",
    "open_p1_tickets", "csat_score",
]
# Opportunities and the rest per active user and day: what a team of that size does with the product.
FEATURES = {"add_lead": 1.6, "create_opportunity": 0.7, "advance_stage": 1.1, "search": 2.5}
FIRST_NAMES = "Pat Sam Noor Alexis Jun Mira Theo Ines Kofi Lior Yuki Ana Femi Robin Tove Elin Omar Greta Paz".split()
LAST_NAMES = "Moreau Okoye Lindgren Castillo Park Haddad Novak Baptiste Sato Mbeki Rossi Ahmed Kerr Dahl Ortiz".split()


def day(text):
    """A date of a story: month and day of 2026, or a whole date."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def pick(rng, values):
    return values[int(rng.random() * len(values))]


def steady(rng, name, zone):
    """An account on which nothing happens, sized and dated by chance."""
    arr = pick(rng, [4800, 9600, 14400, 19200, 30000, 42000, 66000, 90000, 140000])
    renewal = date(2026, 11, 20) + timedelta(days=int(rng.random() * 330))
    return dict(
        id=re.sub(r"[^a-z]+", "-", name.lower()).strip("-"), name=name, arr=arr, zone=zone, seats=max(8, arr // 900),
        owner=OWNER_OF_ZONE.get(zone) or ("tomas" if arr < 25000 else pick(rng, ["dana", "kim"])),
        renewal=renewal.isoformat(), usage={"06-15": 0.25 + 0.6 * rng.random()}, sponsor=arr > 100000,
        nps={f"08-{int(3 + rng.random() * 20):02}": int(6 + rng.random() * 5)},
        meetings=["07-07", "09-09", "10-27"] if arr >= 25000 else ["07-15"],
        known_as={"csat_score": pick(rng, [5, 6, 8, 9]), "goals_met_pct": pick(rng, [20, 40, 60, 90]),
                  "training_pct": pick(rng, [25, 50, 75, 90]), "open_tickets": pick(rng, [0, 1, 2, 4])},
    )


def plan_of(arr):
    bounds = [(6000, "starter"), (12000, "basic"), (25000, "standard"), (60000, "advanced"), (100001, "premier")]
    return "standard" if arr == "" else next((plan for bound, plan in bounds if arr < bound), "enterprise")


def account_rows(story):
    """The account as first known, then one whole row for each change."""
    start = day(story["start"]) if "start" in story else date(2025, 2, 3)
    renewal = day(story["renewal"]) if "renewal" in story else start.replace(year=start.year + 1)
    new = "start" in story
    row = {
        "id": story["id"], "as_of": max(KNOWN_FROM, day(story["known"]) if "known" in story else start),
        "name": story["name"], "status": "active", "owner": story["owner"], "arr": story["arr"], "start_date": start,
        "renewal_date": renewal, "timezone": story["zone"], "region": REGION_OF_OWNER.get(owner_of(story), "nam"),
        "tags": story.get("tags", ""), "plan": plan_of(story["arr"]), "billing_period": story.get("period", "annual"),
        "seats": story["seats"], "renewal_status": "open", "activated": "" if new else "true",
        "training_pct": 10 if new else 75, "goals_met_pct": 0 if new else 70, "open_tickets": 1, "open_p1_tickets": 0,
        "csat_score": 8, **story.get("known_as", {}),
    }
    yield row
    for as_of, values in story.get("changes", {}).items():
        row = {**row, "as_of": day(as_of), **values}
        yield row


def owner_of(story):
    return story["owner"] or OWNER_OF_ZONE.get(story["zone"], "")


def contact_rows(rng, story):
    """A champion and an admin at each account, a sponsor at some; stories may say otherwise."""
    personas = story.get("personas") or ["champion", "admin"] + (["executive_sponsor"] if story.get("sponsor") else [])
    first = int(rng.random() * len(FIRST_NAMES))
    for number, persona in enumerate(personas):
        name = f"{FIRST_NAMES[(first + number) % len(FIRST_NAMES)]} {pick(rng, LAST_NAMES)}"
        email = f"{name.lower().replace(' ', '.')}@{story['id']}.example"
        yield {"id": f"{story['id']}-c{number + 1}", "account": story["id"], "email": email, "name": name,
               "personas": persona, "status": "active", "timezone": "", "title": persona.replace("_", " ").capitalize()}


def share_on(story, today):
    steps = [share for since, share in sorted(story["usage"].items()) if day(since) <= today]
    return steps[-1] if steps else 0


def ended_on(story):
    churns = [day(on) for on, values in story.get("changes", {}).items() if values.get("status") == "churned"]
    return churns[0] if churns else date.max


def metric_rows(rng, story, today):
    """A day of use: the users, and what each of them does. Weekends are almost empty."""
    noise, weekend = rng.random(), today.weekday() >= 5
    if today >= ended_on(story):
        return
    users = round(story["seats"] * share_on(story, today) * (0.9 + 0.2 * noise) * (0.1 if weekend else 1))
    if users == 0:
        return
    yield "active_users", users
    for metric, per_user in FEATURES.items():
        yield metric, round(users * per_user * (0.8 + 0.4 * rng.random()))


def event_rows(rng, story):
    """(instant, kind, fields) of one account, in no order."""
    for on in story.get("meetings", []):
        yield f"{day(on)}T14:00:00Z", "meeting_held", {"topic": "review"}
    for on, score in story.get("nps", {}).items():
        yield f"{day(on)}T10:15:00Z", "nps_response", {"score": score}
    if "sponsor_left" in story:
        yield f"{day(story['sponsor_left'])}T08:00:00Z", "sponsor_left", {}
    if story["name"] in {name for name, _ in STEADY}:
        for _ in range(int(rng.random() * 4)):
            on = FIRST + timedelta(days=int(rng.random() * 150))
            yield f"{on}T11:30:00Z", "support_ticket", {"severity": pick(rng, ["p2", "p3", "p3", "p4"])}
    for on, values in story.get("changes", {}).items():
        if values.get("open_p1_tickets"):
            yield f"{day(on)}T06:40:00Z", "support_ticket", {"severity": "p1"}


def table(columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def metrics_table(rng, stories):
    rows = []
    for offset in range((LAST - FIRST).days + 1):
        today = FIRST + timedelta(days=offset)
        for story in stories:
            rows += [dict(account=story["id"], metric=metric, date=today, value=value)
                     for metric, value in metric_rows(rng, story, today)]
    return table(["account", "metric", "date", "value"], rows)


def events_table(rng, stories):
    found = sorted(((at, story["id"], kind, fields) for story in stories
                   for at, kind, fields in event_rows(rng, story)), key=lambda row: row[:3])
    rows = [dict(id=f"e{number:04}", kind=kind, account=account, at=at, **fields)
            for number, (at, account, kind, fields) in enumerate(found, 1)]
    return table(["id", "kind", "account", "contact", "at", "score", "comment", "severity", "topic"], rows)


def main(output):
    rng = random.Random(20261115)
    stories = STORIES + [steady(rng, name, zone) for name, zone in STEADY]
    rows = [list(account_rows(story)) for story in stories]
    changes = sorted((row for own in rows for row in own[1:]), key=lambda row: (row["as_of"], row["id"]))
    contacts = [row for story in stories for row in contact_rows(rng, story)]
    columns = ["id", "account", "email", "name", "personas", "status", "timezone", "title"]
    (output / "accounts.csv").write_text(table(ACCOUNT_COLUMNS, [own[0] for own in rows]))
    (output / "changes.csv").write_text(table(ACCOUNT_COLUMNS, changes))
    (output / "contacts.csv").write_text(table(columns, contacts))
    (output / "events.csv").write_text(events_table(rng, stories))
    # No file name and no time in the header, so that the same rows give the same bytes.
    packed = gzip.compress(metrics_table(rng, stories).encode(), mtime=0)
    (output / "metrics.csv.gz").write_bytes(packed)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
