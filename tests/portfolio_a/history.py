#!/usr/bin/env python3
"""Write the history of portfolio_a's accounts: one row for each day on which something about the contract changed.

    history.py DATA_DIR OUTPUT.csv

Reads subscriptions.csv (one row per account, product and paid period) and accounts.csv, and writes rows that
`playcaller import accounts` takes: the values as they were from `as_of` on. The last row of each account is
compared with accounts.csv; every difference is printed.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

CONSTANT = ["name", "start_date", "users", "country", "channel", "timezone", "region", "owner"]
COLUMNS = ["as_of", "id", "status", "arr", "renewal_date", "plan", "billing_period", "seats"] + CONSTANT


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contract_on(day, periods):
    """The contract in effect on a day, or None in a gap between two periods."""
    current = [row for row in periods if row["start"] <= day < row["effective_end"]]
    plans = [row for row in current if row["kind"] == "plan"]
    if not plans:
        return None
    plan = max(plans, key=lambda row: row["start"])
    return {
        "status": "active",
        "arr": format(12 * sum(float(row["mrr"]) for row in current), ".10g"),
        "renewal_date": plan["end"],
        "plan": plan["plan"],
        "billing_period": plan["billing_period"],
        "seats": plan["quantity"],
    }


def history(account, periods):
    """Rows of one account in the order of time, only where something differs from the row before."""
    days = {row["start"] for row in periods} | {row["effective_end"] for row in periods}
    rows, before = [], None
    for day in sorted(days):
        now = contract_on(day, periods)
        if now and now != before:
            rows.append({"as_of": day, **now})
            before = now
    if account["status"] == "churned":
        # The day it ended is the last thing known of its renewal date; the contract stays as it was.
        end = account["renewal_date"]
        rows.append({**rows[-1], "as_of": end, "status": "churned", "renewal_date": end})
    constant = {name: account[name] for name in CONSTANT}
    return [{"id": account["id"], **row, **constant} for row in rows]


def differences(account, row):
    """Where the last row of the history and accounts.csv say different things."""
    for name in ["status", "renewal_date", "arr", "plan", "billing_period", "seats"]:
        here, there = row[name], account[name]
        same = float(here) == float(there) if name in ("arr", "seats") else here == there
        if not same:
            yield f"{account['id']} ({account['status']}): {name} is {here}, accounts.csv says {there}"


def main(data, output):
    periods = defaultdict(list)
    for row in read(data / "subscriptions.csv"):
        periods[row["account"]].append(row)
    accounts = read(data / "accounts.csv")
    rows, wrong = [], []
    for account in accounts:
        own = history(account, periods[account["id"]])
        wrong += differences(account, own[-1])
        rows += own
    rows.sort(key=lambda row: (row["as_of"], row["id"]))
    with open(output, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print("\n".join(wrong) or "the last rows agree with accounts.csv")
    print(f"{len(rows)} rows for {len(accounts)} accounts, {rows[0]['as_of']} to {rows[-1]['as_of']}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
